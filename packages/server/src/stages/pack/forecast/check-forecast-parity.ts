import { fail } from '@slipway/contract';
import { type ForecastModel, intervalsOf } from '../../train/index.ts';
import { NUMBER_TOLERANCE, type ParityReport } from '../check-parity.ts';
import type { OnnxRuntime, TensorColumn } from '../ports.ts';
import type { ForecastFile } from './forecast-file.ts';
import { forecastNames } from './forecast-names.ts';
import { timesOf } from './forecast-times.ts';

/** Rows compared at most, all steps of as many series; and how many at a time. */
const MOST_ROWS = 100_000;
const BATCH_SERIES = 200;

/**
 * Asks the graph for every step of every series (of the first ones, where there are very many) and compares value and
 * bounds with what the training code forecast. Throws `parity.broken` with the row.
 */
export async function checkForecastParity(
  file: ForecastFile,
  onnx: Uint8Array,
  runtime: OnnxRuntime,
): Promise<ParityReport> {
  const { model } = file;
  const names = forecastNames(file);
  const series = model.series.slice(0, Math.max(1, Math.floor(MOST_ROWS / model.horizon)));
  const session = await runtime.load(onnx);
  let [largest, rows] = [0, 0];
  try {
    for (let from = 0; from < series.length; from += BATCH_SERIES) {
      const batch = series.slice(from, from + BATCH_SERIES);
      const outputs = await session.run(tensorsOf(file, names.inputs, batch));
      let place = 0;
      batch.forEach((one, i) => {
        const expected = expectedOf(model, one, file.table.values[from + i]!);
        const times = timesOf(model, one);
        [names.value, ...names.bounds].forEach((name, column) => {
          const got = outputs.get(name)!;
          times.forEach(({ ahead }, k) => {
            largest = Math.max(largest, difference(rows + k, expected[column]![ahead]!, got[place + k]));
          });
        });
        place += times.length;
        rows += times.length;
      });
    }
  } finally {
    await session.close();
  }
  return { rows, largestDifference: { flat: 0, onnx: largest } };
}

function difference(row: number, expected: number, got: number | string | undefined): number {
  const size = Math.max(Math.abs(expected), 1e-9);
  const away = expected === got ? 0 : Math.abs(expected - Number(got)) / size;
  if (away <= NUMBER_TOLERANCE) return away;
  throw fail('parity.broken', { row, expected: String(expected), got: String(got) });
}

function expectedOf(
  model: ForecastModel,
  series: ForecastModel['series'][number],
  values: readonly number[],
) {
  const intervals = intervalsOf(model, series, Float64Array.from(values));
  return [values, ...intervals.flatMap(({ lower, upper }) => [lower, upper])];
}

function tensorsOf(
  { inputs, seriesColumns, model }: ForecastFile,
  names: readonly string[],
  batch: ForecastModel['series'],
): Map<string, TensorColumn> {
  const rows = batch.flatMap((series) =>
    timesOf(model, series).map(({ time }) => ({ key: series.key, time })),
  );
  return new Map(
    inputs.map((input, i): [string, TensorColumn] => {
      if (i === 0) return [names[i]!, Float64Array.from(rows, ({ time }) => time)];
      const isKey = i <= seriesColumns;
      if (input.type === 'string')
        return [names[i]!, rows.map(({ key }) => (isKey ? String(key[i - 1]) : ''))];
      return [names[i]!, Float64Array.from(rows, ({ key }) => (isKey ? Number(key[i - 1]) : Number.NaN))];
    }),
  );
}
