import type { ForecastFile } from '../../stages/pack/index.ts';
import { loadForecast, type Prediction } from '../../stages/serve/index.ts';
import { ofFileRows } from '../jobs/file-row-failures.ts';
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
      const predictions = ofFileRows(() => engine.predict(rowsOfTable(engine.inputs, table)), from);
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
