import { fail, ownValue } from '@slipway/contract';
import { type ClassType, type ClassValue, classValue } from '../../../stages/prepare/index.ts';
import type { Engine, Prediction } from '../../../stages/serve/index.ts';
import type { Predicted } from '../../predicted.ts';
import type { WantedOutput } from './read-infer.ts';

export type Output = {
  name: string;
  datatype: 'BYTES' | 'FP64' | 'INT64' | 'BOOL';
  read: (prediction: Prediction, id: string) => ClassValue | null;
};

/** The values of one output over all rows. */
export type OutputTensor = Pick<Output, 'name' | 'datatype'> & { values: (ClassValue | null)[] };

const CLASS_DATATYPES: Record<ClassType, Output['datatype']> = {
  string: 'BYTES',
  integer: 'INT64',
  number: 'FP64',
  boolean: 'BOOL',
};

/** `value`, `probability_<class>` of each class, and the prediction's id. */
export function outputNames({ classes, classType }: Pick<Engine, 'classes' | 'classType'>): Output[] {
  return [
    classes.length === 0
      ? { name: 'value', datatype: 'FP64', read: ({ value }) => value }
      : {
          name: 'value',
          datatype: CLASS_DATATYPES[classType],
          read: ({ value }) => classValue(classType, String(value)),
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
  engine: Pick<Engine, 'classes' | 'classType'>,
  wanted: readonly WantedOutput[] = [],
): (Output & Pick<WantedOutput, 'isBinary'>)[] {
  const all = outputNames(engine);
  if (wanted.length === 0) return all.map((output) => ({ ...output, isBinary: undefined }));
  const told = new Set<string>();
  return wanted.map(({ name, isBinary }, i) => {
    const output = all.find((each) => each.name === name);
    const reason =
      output === undefined
        ? `there is no output ${name.slice(0, 100)}`
        : `the output ${name} is asked for twice`;
    if (output === undefined || told.has(name))
      throw fail('request.invalid', { reason }, { path: `outputs[${i}].name` });
    told.add(name);
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
