import { fail, isFailure } from '@slipway/contract';
import type { ForecastFile } from '../../journey/pack/index.ts';
import { loadForecast, type Prediction } from '../../journey/serve/index.ts';
import { numberColumn, PREDICTION, storedAs } from './answer-columns.ts';
import type { BatchPredictor } from './model.ts';
import { rowsOfTable } from './table-rows.ts';

const PART_ROWS = 50_000;

type Bound = { name: string; of: (prediction: Prediction) => number };

/** Looks up the step of the series that each row names, with the bounds of every level. */
export function forecastPredictor(file: ForecastFile, levels: readonly number[]): BatchPredictor {
  const engine = loadForecast(file);
  const bounds = boundsOf(levels);
  return {
    inputs: engine.inputs,
    answers: storedAs([PREDICTION, ...bounds.map(({ name }) => name)], 'number'),
    partRows: PART_ROWS,
    predict: async (table, from) => {
      const predictions = predictedFrom(from, () => engine.predict(rowsOfTable(engine.inputs, table)));
      const column = (name: string, of: (prediction: Prediction) => number) =>
        numberColumn(name, Float64Array.from(predictions, of));
      return {
        rows: table.rows,
        columns: [
          column(PREDICTION, ({ value }) => Number(value)),
          ...bounds.map(({ name, of }) => column(name, of)),
        ],
      };
    },
    close: () => undefined,
  };
}

function boundsOf(levels: readonly number[]): Bound[] {
  return levels.flatMap((level, i) =>
    (['lower', 'upper'] as const).map((side) => ({
      name: `${side}_${Math.round(level * 100)}`,
      of: ({ intervals }: Prediction) => intervals?.[i]?.[side] ?? Number.NaN,
    })),
  );
}

/** The engine counts rows from the part's first; whoever reads the failure counts from the table's. */
export function predictedFrom(from: number, work: () => Prediction[]): Prediction[] {
  try {
    return work();
  } catch (error) {
    if (!isFailure(error) || error.path === undefined) throw error;
    const path = error.path.replace(/^rows\[(\d+)\]/, (_, row: string) => `rows[${Number(row) + from}]`);
    throw fail(error.code, error.details, { path, cause: error });
  }
}
