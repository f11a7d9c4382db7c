import type { Engine, Prediction } from '../../journey/serve/index.ts';

export type OutputTensor = {
  name: string;
  datatype: 'BYTES' | 'FP64';
  shape: [number];
  data: (string | number | null)[];
};

type Output = Pick<OutputTensor, 'name' | 'datatype'> & {
  read: (prediction: Prediction, id: string) => string | number | null;
};

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
        read: (prediction) => prediction.probabilities?.[name] ?? null,
      }),
    ),
    { name: 'prediction_id', datatype: 'BYTES', read: (_, id) => id },
  ];
}

/** The tensor of one output over all rows. */
export function outputTensor(
  output: Output,
  predictions: readonly Prediction[],
  ids: readonly string[],
): OutputTensor {
  const data = predictions.map((prediction, i) => output.read(prediction, ids[i]!));
  return { name: output.name, datatype: output.datatype, shape: [data.length], data };
}
