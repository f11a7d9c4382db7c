import { fail, ownValue } from '@slipway/contract';
import type { Engine, Prediction } from '../../../journey/serve/index.ts';
import type { Predicted } from '../../predicted.ts';
import type { WantedOutput } from './read-infer.ts';

export type Output = {
  name: string;
  datatype: 'BYTES' | 'FP64';
  read: (prediction: Prediction, id: string) => string | number | null;
};

/** The values of one output over all rows. */
export type OutputTensor = Pick<Output, 'name' | 'datatype'> & { values: (string | number | null)[] };

/** `value`, `probability_<class>` of each class, and the prediction's id. */
export function outputNames(engine: Pick<Engine, 'classes'>): Output[] {
  const { classes } = engine;
  return [
    {
      name: 'value',
      datatype: classes.length > 0 ? 'BYTES' : 'FP64',
      read: (prediction) => prediction.value,
    },
    ...classes.map(
      (name): Output => ({
        name: `probability_${name}`,
        datatype: 'FP64',
        read: (prediction) => ownValue(prediction.probabilities, name) ?? null,
      }),
    ),
    { name: 'prediction_id', datatype: 'BYTES', read: (_, id) => id },
  ];
}

/** The outputs that are asked for, in that order; all where none is named. Throws `request.invalid`. */
export function chosenOutputs(
  engine: Pick<Engine, 'classes'>,
  wanted: readonly WantedOutput[] = [],
): (Output & Pick<WantedOutput, 'isBinary'>)[] {
  const all = outputNames(engine);
  if (wanted.length === 0) return all.map((output) => ({ ...output, isBinary: undefined }));
  return wanted.map(({ name, isBinary }, i) => {
    const output = all.find((each) => each.name === name);
    const reason = `there is no output ${name.slice(0, 100)}`;
    if (output === undefined) throw fail('request.invalid', { reason }, { path: `outputs[${i}].name` });
    return { ...output, isBinary };
  });
}

export function outputTensor(
  { name, datatype, read }: Output,
  { predictions, ids }: Pick<Predicted, 'predictions' | 'ids'>,
): OutputTensor {
  return { name, datatype, values: predictions.map((prediction, i) => read(prediction, ids[i]!)) };
}

/**
 * The warnings of all rows as JSON, `[{ "row", "code", "column", "message" }]`: a parameter of the protocol is text, a
 * number or a boolean. Undefined where there are none.
 */
export function warningsText({ predictions }: Pick<Predicted, 'predictions'>): string | undefined {
  const told = predictions.flatMap(({ warnings = [] }, row) => warnings.map((each) => ({ row, ...each })));
  return told.length === 0 ? undefined : JSON.stringify(told);
}
