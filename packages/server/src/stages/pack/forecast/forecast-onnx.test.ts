import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../../adapters/onnx/index.ts';
import { forecastFile } from '../../../testing/forecast.builder.ts';
import { hoursUntil } from '../../../testing/local-hours.builder.ts';
import { timeOf } from '../../train/index.ts';
import { buildForecastOnnx } from './build-forecast-onnx.ts';
import { checkForecastParity } from './check-forecast-parity.ts';
import { decodeForecastFile, encodeForecastFile } from './forecast-file.ts';

const runtime = createOnnxRuntime();
const file = forecastFile();

/** A session of the graph asked for rows of [time, shop, number]. */
async function ask(of: typeof file, rows: [number, string, number][]) {
  const session = await runtime.load(buildForecastOnnx(of));
  try {
    return await session.run(
      new Map<string, Float64Array | string[]>([
        ['day', Float64Array.from(rows, ([time]) => time)],
        ['shop', rows.map(([, shop]) => shop)],
        ['number', Float64Array.from(rows, ([, , number]) => number)],
        ['holiday', new Float64Array(rows.length).fill(Number.NaN)],
      ]),
    );
  } finally {
    await session.close();
  }
}

describe('the graph of a forecast', () => {
  it('gives value and bounds of every step of every series as they were forecast', async () => {
    const parity = await checkForecastParity(file, buildForecastOnnx(file), runtime);
    expect(parity).toEqual({ rows: 21, largestDifference: { flat: 0, onnx: 0 } });
  });

  it('gives NaN for times, series and combinations that it does not know', async () => {
    const first = Date.UTC(2024, 2, 31);
    const outputs = await ask(file, [
      [first, 'north', 1],
      [first - 1, 'north', 1],
      [Date.UTC(2030, 0, 1), 'north', 1],
      [first, 'east', 1],
      [first, 'north', 2],
      [Number.NaN, 'north', 1],
      [first, 'north', Number.NaN],
    ]);
    const [known, ...unknown] = outputs.get('value') as Float64Array;
    expect(known).toBe(file.table.values[0]![0]);
    expect(unknown.every(Number.isNaN)).toBe(true);
    expect((outputs.get('lower_95') as Float64Array)[0]!).toBeLessThan(known!);
  });

  it('takes a missing-value word for the series without a name', async () => {
    const first = Date.UTC(2024, 2, 31);
    const outputs = await ask(file, [
      [first, '', 3],
      [first, 'NA', 3],
      [first, 'n/a', 1],
    ]);
    const [unnamed, word, unknown] = outputs.get('value') as Float64Array;
    expect([unnamed, word, unknown]).toEqual([file.table.values[2]![0], unnamed, Number.NaN]);
  });

  it('knows where each series goes on when they end at different times', async () => {
    const [north, ...others] = file.model.series;
    const ended = { ...north!, end: north!.end - 20 };
    const ragged = { ...file, model: { ...file.model, series: [ended, ...others] } };
    const parity = await checkForecastParity(ragged, buildForecastOnnx(ragged), runtime);
    expect(parity.largestDifference.onnx).toBe(0);
    const late = timeOf(file.model.frequency, north!.end + north!.recent.length + 1);
    const outputs = await ask(ragged, [[late, 'north', 1]]);
    expect((outputs.get('value') as Float64Array)[0]).toBeNaN();
  });

  it('is found out when a table is not what was forecast', async () => {
    const values = file.table.values.map((list) => list.map((value) => value * 1.01));
    const other = buildForecastOnnx({ ...file, table: { values } });
    await expect(checkForecastParity(file, other, runtime)).rejects.toMatchObject({ code: 'parity.broken' });
  });

  it('of a single series takes the time alone', async () => {
    const alone = {
      ...file,
      inputs: file.inputs.slice(0, 1),
      seriesColumns: 0,
      model: { ...file.model, series: [{ ...file.model.series[0]!, key: [] }] },
      table: { values: file.table.values.slice(0, 1) },
    };
    const parity = await checkForecastParity(alone, buildForecastOnnx(alone), runtime);
    expect(parity.rows).toBe(7);
  });
});

it.each(['2024-03-30T18:00:00+01:00', '2024-10-26T18:00:00+02:00'])(
  'the graph answers every hour after %s over a change of daylight saving',
  async (end) => {
    const hours = hoursUntil(Date.parse(end));
    const parity = await checkForecastParity(hours, buildForecastOnnx(hours), runtime);
    expect(parity.largestDifference.onnx).toBe(0);
    expect(parity.rows).toBeGreaterThanOrEqual(24);
  },
);

describe('forecast.json', () => {
  it('comes back as it was written', () => {
    expect(decodeForecastFile(encodeForecastFile(file))).toEqual(JSON.parse(JSON.stringify(file)));
  });

  it('is refused when it is another file', () => {
    for (const text of ['{"format":1}', '{}', 'no']) {
      expect(() => decodeForecastFile(new TextEncoder().encode(text))).toThrow(
        expect.objectContaining({ code: 'bundle.invalid' }),
      );
    }
  });
});
