import { describe, expect, it } from 'vitest';
import { describeFrequency } from '../frequency/describe-frequency.ts';
import { stepOf, timeOf } from '../frequency/steps.ts';
import { holdOut } from './hold-out.ts';
import { prepareSeries } from './prepare-series.ts';
import type { SeriesRows } from './series-rows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FIRST = Date.UTC(2024, 0, 1);

/** One series of these times; its values count up unless told. */
function rowsAt(times: readonly number[], values: readonly number[] = times.map((_, i) => i)): SeriesRows {
  return {
    times: Float64Array.from(times),
    unit: 'time',
    values: Float64Array.from(values),
    seriesOf: new Int32Array(times.length),
    keys: [[]],
    covariates: [],
    timeColumn: 'when',
    target: 'y',
  };
}

function every(step: number, count = 40): number[] {
  return Array.from({ length: count }, (_, i) => FIRST + i * step);
}

function inMonths(months: number, day: (month: number) => number): number[] {
  return Array.from({ length: 40 }, (_, i) => Date.UTC(2001, i * months, day(i * months)));
}

/** The first or last weekday of every so many months. */
function onBusinessDays(months: number, which: 'first' | 'last'): number[] {
  return Array.from({ length: 40 }, (_, i) => {
    const days = Array.from({ length: 31 }, (__, day) => Date.UTC(2001, i * months, day + 1)).filter(
      (time) =>
        new Date(time).getUTCMonth() === (i * months) % 12 && ![0, 6].includes(new Date(time).getUTCDay()),
    );
    return days.at(which === 'first' ? 0 : -1)!;
  });
}

const businessDays = every(DAY, 60).filter((time) => ![0, 6].includes(new Date(time).getUTCDay()));

describe('whole numbers that many rows share', () => {
  it('are events, and a sentence tells what to do where they are a part of a date', () => {
    const months = Array.from({ length: 96 }, (_, i) => (i % 12) + 1);
    const { says } = prepareSeries({ ...rowsAt(months), unit: 'number' }, { horizon: 2 });
    expect(says.join(' ')).toContain('their values were added up');
    expect(says.join(' ')).toContain('write both in one column, such as 2024-01');
    const times = every(DAY, 30).flatMap((time) => [time, time, time]);
    expect(prepareSeries(rowsAt(times), { horizon: 2 }).says.join(' ')).not.toContain('write both');
  });
});

describe('the horizon of a retraining', () => {
  const hourly = prepareSeries(rowsAt(every(HOUR, 60)), { horizon: null });
  const daily = prepareSeries(rowsAt(every(DAY, 60)), { horizon: null });

  it('is the champion’s where none was asked for, however long the series has become, and that is said', () => {
    expect(hourly.horizon).toBe(15);
    const { horizon, says } = prepareSeries(rowsAt(every(HOUR, 100)), { horizon: null, champion: hourly });
    expect(horizon).toBe(15);
    expect(says.at(-1)).toBe(
      'It forecasts 15 steps (hourly), as the champion does (set `horizon` for another number).',
    );
    expect(prepareSeries(rowsAt(every(HOUR, 100)), { horizon: null }).horizon).toBe(24);
  });

  it('is what is asked for, and its own where the champion’s steps are others or the series too short for its horizon', () => {
    expect(prepareSeries(rowsAt(every(HOUR, 100)), { horizon: 7, champion: hourly }).horizon).toBe(7);
    expect(prepareSeries(rowsAt(every(HOUR, 100)), { horizon: null, champion: daily }).horizon).toBe(24);
    expect(prepareSeries(rowsAt(every(HOUR, 16)), { horizon: null, champion: hourly }).horizon).toBe(4);
  });
});

describe('the step of a series', () => {
  it.each<[string, number[]]>([
    ['every 15 minutes', every(15 * MINUTE)],
    ['hourly', every(HOUR)],
    ['daily', every(DAY)],
    ['on business days', businessDays],
    ['weekly', every(7 * DAY)],
    ['monthly', inMonths(1, () => 1)],
    ['monthly', inMonths(1, (month) => new Date(Date.UTC(2001, month + 1, 0)).getUTCDate())],
    ['quarterly', inMonths(3, () => 1)],
    ['yearly', inMonths(12, () => 15)],
    ['monthly', onBusinessDays(1, 'last')],
    ['monthly', onBusinessDays(1, 'first')],
    ['quarterly', onBusinessDays(3, 'last')],
    ['quarterly', onBusinessDays(3, 'first')],
    ['every 4 weeks', every(28 * DAY)],
  ])('is %s', (says, times) => {
    const { frequency, series } = prepareSeries(rowsAt(times), { horizon: 2 });
    expect(describeFrequency(frequency)).toBe(says);
    expect(series[0]!.values).toHaveLength(times.length);
    const { start } = series[0]!;
    expect(times.map((_, i) => timeOf(frequency, start + i))).toEqual(times);
    expect(times.map((time) => Math.floor(stepOf(frequency, time) + 1e-9) - start)).toEqual(
      times.map((_, i) => i),
    );
  });

  it('is monthly on the last business day where holidays move some dates, and that is said', () => {
    const times = onBusinessDays(1, 'last').map((time, i) => (i % 8 === 3 ? time - DAY : time));
    const { frequency, says } = prepareSeries(rowsAt(times), { horizon: 2 });
    expect(frequency).toMatchObject({ kind: 'month', months: 1, day: 'last-business-day' });
    expect(says.join(' ')).toContain('the last business day of their month');
  });

  it('is monthly where each month has one date, on whatever day', () => {
    const times = inMonths(1, (month) => 3 + ((month * 7919) % 20));
    expect(describeFrequency(prepareSeries(rowsAt(times), { horizon: 2 }).frequency)).toBe('monthly');
  });

  it('may be a number', () => {
    const rows = { ...rowsAt(every(1, 30).map((_, i) => 10 + 5 * i)), unit: 'number' as const };
    expect(prepareSeries(rows, { horizon: 2 }).frequency).toMatchObject({ kind: 'fixed', step: 5 });
  });

  it('is made where times follow none, and that is said', () => {
    const times = every(DAY, 60).map((time, i) => time + ((i * 7919) % 1440) * MINUTE);
    const { frequency, says } = prepareSeries(rowsAt(times), { horizon: 2 });
    expect(describeFrequency(frequency)).toBe('daily');
    expect(says.join(' ')).toContain('follow no step');
  });
});

describe('steps', () => {
  it('that are missing are filled from their neighbours, marked, and said', () => {
    const times = every(DAY).filter((_, i) => i !== 5 && i !== 6);
    const values = times.map((time) => (time - FIRST) / DAY);
    const { series, says } = prepareSeries(rowsAt(times, values), { horizon: 2 });
    expect([...series[0]!.values.slice(4, 8)]).toEqual([4, 5, 6, 7]);
    expect([...series[0]!.filled.slice(4, 8)]).toEqual([0, 1, 1, 0]);
    expect(says.join(' ')).toContain('2 missing steps (5.0 %)');
  });

  it('that come twice give their mean, and that is said', () => {
    const times = [...every(DAY), FIRST];
    const { series, says } = prepareSeries(rowsAt(times, [...every(DAY).map(() => 4), 8]), { horizon: 2 });
    expect(series[0]!.values[0]).toBe(6);
    expect(says.join(' ')).toContain('the mean was taken');
  });

  it('of events are added up, with nothing where nothing happened', () => {
    const times = every(DAY).flatMap((time, i) => (i === 3 ? [] : [time, time, time]));
    const { series, says } = prepareSeries(
      rowsAt(
        times,
        times.map(() => 2),
      ),
      { horizon: 2 },
    );
    expect([...series[0]!.values.slice(2, 5)]).toEqual([6, 0, 6]);
    expect(says.join(' ')).toContain('added up');
  });

  it('that a later file tells again are as it says', () => {
    const times = [...every(DAY), ...every(DAY).slice(-2)];
    const values = [...every(DAY).map(() => 1), 5, 6];
    const rows = { ...rowsAt(times, values), increments: [40, 2] };
    const { series, says } = prepareSeries(rows, { horizon: 2 });
    expect([...series[0]!.values.slice(-3)]).toEqual([1, 5, 6]);
    expect(says.join(' ')).toContain('2 rows were replaced');
  });
});

describe('seasons', () => {
  const wave = (length: number, season: number) =>
    Array.from(
      { length },
      (_, i) => i / 10 + 5 * Math.sin((2 * Math.PI * i) / season) + ((i * 7919) % 100) / 100,
    );

  it('are found where there are some, and not where there are none', () => {
    expect(prepareSeries(rowsAt(every(HOUR, 300), wave(300, 24)), { horizon: 2 }).seasons[0]).toBe(24);
    expect(prepareSeries(rowsAt(every(DAY, 300), wave(300, 7)), { horizon: 2 }).seasons[0]).toBe(7);
    const noise = every(DAY, 300).map((_, i) => (i * 7919) % 101);
    expect(prepareSeries(rowsAt(every(DAY, 300), noise), { horizon: 2 }).seasons).toEqual([]);
  });
});

describe('what cannot be forecast', () => {
  const failing = (rows: SeriesRows, horizon: number | null = null) => {
    try {
      holdOut(prepareSeries(rows, { horizon }));
    } catch (failure) {
      return failure as { code: string; path: string };
    }
    return undefined;
  };
  const missing = Number.NaN;

  it.each<[string, SeriesRows, number | null, string, string]>([
    ['no row', rowsAt([]), null, 'forecast.no-times', 'time'],
    ['no time that is known', rowsAt([missing, missing]), null, 'forecast.no-times', 'time'],
    [
      'no value that is known',
      rowsAt(
        every(DAY),
        every(DAY).map(() => missing),
      ),
      null,
      'forecast.no-times',
      'time',
    ],
    ['a single row', rowsAt([FIRST]), null, 'forecast.one-time', 'time'],
    ['one time only', rowsAt(every(0)), null, 'forecast.one-time', 'time'],
    ['two values', rowsAt(every(DAY, 2)), null, 'forecast.too-short', 'time'],
    ['times without any order', rowsAt([1, 5, 400, 1e6, 5e9, 9e12]), null, 'forecast.irregular', 'time'],
    ['a horizon longer than the data', rowsAt(every(DAY, 10)), 11, 'forecast.horizon-too-long', 'horizon'],
    ['a horizon as long as the data', rowsAt(every(DAY, 10)), 8, 'forecast.horizon-too-long', 'horizon'],
  ])('%s is refused', (_, rows, horizon, code, path) => {
    expect(failing(rows, horizon)).toMatchObject({ code, path });
  });
});
