import { ownReader } from '@slipway/contract';
import type { BundleManifest, GraphFile } from '../../journey/pack/index.ts';
import { loadGraph } from '../../journey/serve/index.ts';
import { numberColumn, PREDICTION, probabilityOf, storedAs, textColumn } from './answer-columns.ts';
import { predictedFrom } from './forecast-predictor.ts';
import type { BatchPredictor } from './model.ts';
import { rowsOfTable } from './table-rows.ts';

const PART_ROWS = 20_000;

/** Predicts row by row with the engine that endpoints use, so that the answers are the same to the bit. */
export async function graphPredictor(file: GraphFile, manifest: BundleManifest): Promise<BatchPredictor> {
  const engine = await loadGraph(file, manifest);
  const { classes, inputs } = engine;
  const shares = classes.map(ownReader);
  return {
    inputs,
    answers: [
      { name: PREDICTION, type: classes.length === 0 ? 'number' : 'string' },
      ...storedAs(classes.map(probabilityOf), 'number'),
    ],
    partRows: PART_ROWS,
    predict: async (table, from) => {
      const predictions = predictedFrom(from, () => engine.predict(rowsOfTable(inputs, table)));
      const values = predictions.map(({ value }) => value);
      const answer =
        classes.length === 0
          ? numberColumn(PREDICTION, Float64Array.from(values, Number))
          : textColumn(PREDICTION, values.map(String));
      const probabilities = shares.map((share, k) =>
        numberColumn(
          probabilityOf(classes[k]!),
          Float64Array.from(predictions, (each) => share(each.probabilities ?? {}) ?? Number.NaN),
        ),
      );
      return { rows: table.rows, columns: [answer, ...probabilities] };
    },
    close: () => undefined,
  };
}
