import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastFile } from '../../../testing/forecast.builder.ts';
import type { Prediction, RawRow } from '../model.ts';
import { loadForecast } from './load-forecast.ts';

const file = forecastFile();
const engine = loadForecast(file);
/** The data ends on 2024-03-30. */
const NORTH = { day: '2024-03-31', shop: 'north', number: 1 };
const SOUTH = { day: '2024-04-06', shop: 'south', number: 2 };
const ENOUGH = 10_000;

function code(path: string, name: string) {
  return expect.objectContaining({ code: name, path });
}

function values(predictions: readonly Prediction[]): number[] {
  return predictions.map(({ value }) => Number(value));
}

describe('rows of a forecast', () => {
  it('are looked up by time and series, each with intervals around it, the wider outside the narrower', () => {
    const [north, south] = engine.predict([NORTH, SOUTH]);
    expect(north!.value).toBe(file.table.values[0]![0]);
    expect(south!.value).toBe(file.table.values[1]![6]);
    const [narrow, wide] = south!.intervals!;
    expect(south!.interval).toEqual(wide);
    expect([narrow!.level, wide!.level]).toEqual([0.8, 0.95]);
    expect(wide!.lower).toBeLessThanOrEqual(narrow!.lower);
    expect(narrow!.lower).toBeLessThan(Number(south!.value));
    expect(wide!.upper).toBeGreaterThanOrEqual(narrow!.upper);
  });

  it('may be those of the training table, with the target and columns that the model does not take', () => {
    const [known] = engine.predict([NORTH]);
    expect(
      engine.predict([
        { ...NORTH, sales: 4 },
        { ...NORTH, sales: 'NA' },
      ]),
    ).toEqual([known, known]);
    const told = loadForecast({
      ...file,
      others: [
        { name: 'sales', type: 'number' },
        { name: 'weather', type: 'string' },
      ],
    });
    expect(told.predict([{ ...NORTH, sales: 4, weather: 'rain' }])).toEqual([known]);
    const history = [{ ...NORTH, sales: 400, weather: 'rain' }];
    expect(told.ahead!({ horizon: 1, history }, ENOUGH)!.engine).toBeDefined();
  });

  it('may leave out the name of the series that has none', () => {
    for (const unnamed of [{}, { shop: null }, { shop: 'NA' }])
      expect(engine.predict([{ day: '2024-03-31', number: 3, ...unnamed }])[0]!.value).toBe(
        file.table.values[2]![0],
      );
  });

  it('are forecast anew where they tell what is known in advance', () => {
    const [holiday, workday] = engine.predict([
      { ...NORTH, holiday: 1 },
      { ...NORTH, holiday: 0 },
    ]);
    expect(Number(holiday!.value)).toBeLessThan(Number(workday!.value));
  });

  it.each([
    [{ ...NORTH, day: '2024-03-30' }, 'rows[0].day', 'forecast.before-start'],
    [{ ...NORTH, day: '2024-04-07' }, 'rows[0].day', 'forecast.beyond-horizon'],
    [{ ...NORTH, day: '2024-04-01T12:00:00Z' }, 'rows[0].day', 'forecast.off-step'],
    [{ ...NORTH, day: 'soon' }, 'rows[0].day', 'predict.wrong-type'],
    [{ shop: 'north', number: 1 }, 'rows[0].day', 'predict.missing-column'],
    [{ ...NORTH, shop: 'east' }, 'rows[0].shop', 'forecast.unknown-series'],
    [{ ...NORTH, number: 2 }, 'rows[0].shop', 'forecast.unknown-series'],
    [{ ...NORTH, Sales: 4 }, 'rows[0].Sales', 'predict.column-spelling'],
    [{ ...NORTH, weather: 4 }, 'rows[0].weather', 'predict.unknown-column'],
  ])('such as %j are refused at %s as %s', (row, path, name) => {
    expect(() => engine.predict([row])).toThrow(code(path, name));
  });

  it('are answered as JSON that says value and intervals', () => {
    const [prediction] = engine.predict([NORTH]);
    const said = JSON.parse(`{${engine.answerText(prediction!)}}`);
    expect(said).toEqual({
      value: prediction!.value,
      interval: prediction!.interval,
      intervals: prediction!.intervals,
    });
  });
});

describe('asking for the next steps', () => {
  it('of some series gives a row for each step, which ask for the same', () => {
    const asked = engine.ahead!({ horizon: 2, series: [{ shop: 'south', number: 2 }] }, ENOUGH)!;
    expect(asked.rows).toEqual([
      { day: '2024-03-31T00:00:00.000Z', shop: 'south', number: 2 },
      { day: '2024-04-01T00:00:00.000Z', shop: 'south', number: 2 },
    ]);
    expect(asked.engine).toBeUndefined();
    expect(values(engine.predict(asked.rows!))).toEqual(file.table.values[1]!.slice(0, 2));
  });

  it('of all series and the whole horizon is what is asked when nothing else is said', () => {
    expect(engine.ahead!({ series: undefined, horizon: undefined }, ENOUGH)!.rows).toHaveLength(21);
  });

  it('is no asking when there are only rows', () => {
    expect(engine.ahead!({ rows: [NORTH] }, ENOUGH)).toBeUndefined();
  });

  it('goes on from the history that is told, missing values and all, and leaves others alone', () => {
    const history = [
      { ...NORTH, sales: 400 },
      { ...NORTH, day: '2024-04-01', sales: null },
    ];
    const asked = engine.ahead!({ horizon: 1, history }, ENOUGH)!;
    expect(asked.rows!.map(({ day }) => day)).toEqual([
      '2024-04-02T00:00:00.000Z',
      '2024-03-31T00:00:00.000Z',
      '2024-03-31T00:00:00.000Z',
    ]);
    const [north, south] = asked.engine!.predict(asked.rows!);
    expect(Number(north!.value)).toBeGreaterThan(file.table.values[0]![2]!);
    expect(south!.value).toBe(file.table.values[1]![0]);
    const rows = [{ ...NORTH, day: '2024-04-08' }];
    expect(engine.ahead!({ rows, history }, ENOUGH)!.engine!.predict(rows)).toHaveLength(1);
  });

  it.each<[RawRow | Record<string, unknown>, string, string]>([
    [{ horizon: 8 }, 'horizon', 'forecast.beyond-horizon'],
    [{ horizon: -1 }, 'horizon', 'request.invalid'],
    [{ horizon: 1.5 }, 'horizon', 'request.invalid'],
    [{ horizon: '3' }, 'horizon', 'request.invalid'],
    [{ horizon: 1, series: [] }, 'series', 'request.invalid'],
    [{ horizon: 1, series: ['north'] }, 'series[0]', 'request.invalid'],
    [{ horizon: 1, series: [{ shop: 'north' }] }, 'series[0].number', 'predict.missing-column'],
    [{ horizon: 1, series: [{ shop: 'west', number: 1 }] }, 'series[0]', 'forecast.unknown-series'],
    [{ horizon: 1, steps: 3 }, 'steps', 'request.invalid'],
    [{ horizon: 1, rows: [] }, 'rows', 'request.invalid'],
    [{ history: {} }, 'history', 'request.invalid'],
    [{ history: [{ ...NORTH, sales: 'many' }] }, 'history[0].sales', 'predict.wrong-type'],
    [{ history: [{ ...SOUTH, sales: 1 }] }, 'history[0].day', 'forecast.history-gap'],
  ])('with %j is refused at %s as %s', (body, path, name) => {
    expect(() => engine.ahead!(body, ENOUGH)).toThrow(code(path, name));
  });

  it('for more rows than are answered at once is refused', () => {
    expect(() => engine.ahead!({ horizon: 7 }, 20)).toThrow(code('series', 'predict.too-many-rows'));
  });

  it('never ends but in an answer or a failure with a code, whatever is asked', () => {
    const anything = fc.record(
      { horizon: fc.anything(), series: fc.anything(), history: fc.anything(), rows: fc.anything() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anything, (body) => {
        try {
          engine.ahead!(body, ENOUGH);
        } catch (failure) {
          expect(failure).toMatchObject({ code: expect.stringMatching(/^(request|predict|forecast)\./) });
        }
      }),
    );
  });
});
