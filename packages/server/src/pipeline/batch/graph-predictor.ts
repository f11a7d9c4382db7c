import { ownReader } from '@slipway/contract';
import type { Column } from '../../journey/ingest/index.ts';
import type { BundleManifest, GraphFile } from '../../journey/pack/index.ts';
import { type ClassType, classValue } from '../../journey/prepare/index.ts';
import { loadGraph } from '../../journey/serve/index.ts';
import { ofFileRows } from '../jobs/file-row-failures.ts';
import {
  classAnswer,
  numberColumn,
  PREDICTION,
  probabilityOf,
  storedAs,
  textColumn,
} from './answer-columns.ts';
import type { BatchPredictor } from './model.ts';
import { rowsOfTable } from './table-rows.ts';

const PART_ROWS = 20_000;

/** Predicts row by row with the engine that endpoints use, so that the answers are the same to the bit. */
export async function graphPredictor(file: GraphFile, manifest: BundleManifest): Promise<BatchPredictor> {
  const engine = await loadGraph(file, manifest);
  const { classes, classType, inputs } = engine;
  const shares = classes.map(ownReader);
  return {
    inputs,
    answers: [
      classes.length === 0 ? { name: PREDICTION, type: 'number' } : classAnswer(classType),
      ...storedAs(classes.map(probabilityOf), 'number'),
    ],
    partRows: PART_ROWS,
    predict: async (table, from) => {
      const predictions = ofFileRows(() => engine.predict(rowsOfTable(inputs, table)), from);
      const values = predictions.map(({ value }) => value);
      const answer = classes.length === 0 ? numbers(values) : decided(classType, values.map(String));
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

function numbers(values: readonly (string | number)[]): Column {
  return numberColumn(PREDICTION, Float64Array.from(values, Number));
}

/** The column of predicted classes in the type that {@link classAnswer} gives it. */
function decided(type: ClassType, values: readonly string[]): Column {
  const column = classAnswer(type);
  if (column.type === 'string') return textColumn(PREDICTION, values);
  return {
    name: PREDICTION,
    type: column.type,
    values: Float64Array.from(values, (value) => Number(classValue(type, value))),
  };
}
