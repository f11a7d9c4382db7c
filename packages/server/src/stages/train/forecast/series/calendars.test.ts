import { describe, expect, it } from 'vitest';
import { zoneClock } from '../../../../kernel/index.ts';
import type { Table } from '../../../ingest/index.ts';
import { textOfTime } from '../frequency/calendar.ts';
import { describeFrequency } from '../frequency/describe-frequency.ts';
import { stepOf, stepsFor, timeOf, timesAhead } from '../frequency/steps.ts';
import { zoneOfOffsets } from './calendars.ts';
import { prepareSeries } from './prepare-series.ts';
import { seriesRows } from './rows-from-table.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

type Offsets = { minutes: number; from: number; to: number }[];
type Time = { type: 'timestamp' | 'number'; timeZone?: string; offsets?: Offsets; isGiven?: boolean };

/** A table of times and values, prepared as a forecast of a week of steps. */
function prepared(times: readonly number[], value: (i: number) => number, time: Time) {
  const table: Table = {
    rows: times.length,
    columns: [
      { name: 't', type: time.type, values: Float64Array.from(times) },
      { name: 'y', type: 'number', values: Float64Array.from(times, (_, i) => value(i)) },
    ],
  };
  const reading =
    time.type === 'number'
      ? { as: 'number' as const, decimal: '.' as const, thousands: '' as const, isGiven: time.isGiven }
      : {
          as: 'timestamp' as const,
          formats: [],
          order: null,
          timeZone: time.timeZone ?? 'UTC',
          offsets: time.offsets,
        };
  const asked = { target: 'y', time: 't', series: [], known: [], exclude: [], dataset: 'd' };
  const { rows, says } = seriesRows(table, { ...asked, readings: new Map([['t', reading]]) });
  const set = prepareSeries(rows, { horizon: 7 });
  return { ...set, says: [...says, ...set.says].join(' ') };
}

/** Moments at which the clock of a zone shows steps of local time. */
function local(timeZone: string, from: number, step: number, count: number): number[] {
  const { toMoment } = zoneClock(timeZone);
  return Array.from({ length: count }, (_, i) => toMoment(from + i * step));
}

/** Moments a step apart, whatever the clock shows. */
function every(timeZone: string, from: number, step: number, count: number): number[] {
  const first = zoneClock(timeZone).toMoment(from);
  return Array.from({ length: count }, (_, i) => first + i * step);
}

/** The offsets that such moments are written with. */
function offsetsOf(timeZone: string, times: readonly number[]): Offsets {
  const runs: Offsets = [];
  for (const time of times) {
    const minutes = zoneClock(timeZone).offsetAt(time) / MINUTE;
    const last = runs.at(-1);
    if (last?.minutes === minutes) last.to = time;
    else runs.push({ minutes, from: time, to: time });
  }
  return runs;
}

const YEAR = Date.UTC(2024, 0, 1);
const WEEKLY = (i: number) => (i % 7 === 0 ? 70 : 50) + ((i * 7919) % 100) / 100;

describe('local times', () => {
  it.each([
    'Europe/Berlin',
    'America/New_York',
    'Australia/Sydney',
    'America/Santiago',
    'Australia/Lord_Howe',
  ])(
    'of days in %s are counted by its midnights, by the offsets of the file or the zone that is given',
    (timeZone) => {
      const times = local(timeZone, YEAR, DAY, 300);
      for (const how of [{ offsets: offsetsOf(timeZone, times) }, { timeZone }]) {
        const { frequency, seasons, series } = prepared(times, WEEKLY, { type: 'timestamp', ...how });
        expect(describeFrequency(frequency)).toBe('daily');
        expect(seasons[0]).toBe(7);
        expect(series[0]!.values).toHaveLength(300);
        const next = timeOf(frequency, series[0]!.start + 300);
        expect(next).toBe(local(timeZone, YEAR, DAY, 301).at(-1));
        expect(textOfTime(frequency, next)).toMatch(/^2024-10-27T00:00:00[+-]\d\d:\d\d$/);
      }
    },
  );

  it('of hours keep their hour of the day over daylight saving, and fill no hour that the clock skips', () => {
    const times = every('Europe/Berlin', Date.UTC(2024, 2, 1), HOUR, 24 * 60);
    const clock = zoneClock('Europe/Berlin');
    const hourOf = (i: number) => new Date(clock.toWall(times[i]!)).getUTCHours();
    const value = (i: number) => 10 * Math.sin((hourOf(i) / 12) * Math.PI) + ((i * 7919) % 100) / 1000;
    const { frequency, seasons, series, says } = prepared(times, value, {
      type: 'timestamp',
      offsets: offsetsOf('Europe/Berlin', times),
    });
    expect([describeFrequency(frequency), seasons[0], frequency.timeZone]).toEqual([
      'hourly',
      24,
      'Europe/Berlin',
    ]);
    expect(says).not.toContain('missing steps');
    const { start, values } = series[0]!;
    const noons = Array.from({ length: 50 }, (_, day) => values[6 + 24 * day]!);
    expect(Math.max(...noons) - Math.min(...noons)).toBeLessThan(0.2);
    const [first] = timesAhead(frequency, start + values.length, 1);
    expect(first!.time).toBe(times.at(-1)! + HOUR);
  });

  it.each([
    ['spring', Date.UTC(2024, 2, 30, 12), HOUR, 25],
    ['autumn', Date.UTC(2024, 9, 26, 12), HOUR, 24],
    ['autumn', Date.UTC(2024, 9, 26, 12), HOUR / 2, 24],
  ])('ahead in %s are each moment once, in order', (_, from, step, steps) => {
    const times = every('Europe/Berlin', from - 20 * DAY, step, (20 * DAY) / step);
    const { frequency, series } = prepared(times, (i) => i % 24, {
      type: 'timestamp',
      timeZone: 'Europe/Berlin',
    });
    const first = series[0]!.start + series[0]!.values.length;
    expect(stepsFor(frequency, first, 24)).toBe(steps);
    const ahead = timesAhead(frequency, first, steps).slice(0, 24);
    expect(ahead.map(({ time }) => time)).toEqual(
      Array.from({ length: 24 }, (_, k) => times.at(-1)! + (k + 1) * step),
    );
    for (const one of ahead) expect(stepOf(frequency, one.time)).toBe(first + one.ahead);
  });

  it('of one offset all year are counted by it, and of offsets that no zone has by UTC, and that is said', () => {
    const times = local('Etc/GMT-3', YEAR, DAY, 300);
    const one = prepared(times, WEEKLY, { type: 'timestamp', offsets: offsetsOf('Etc/GMT-3', times) });
    expect(textOfTime(one.frequency, times[0]!)).toBe('2024-01-01T00:00:00+03:00');
    const offsets = times.map((time, i) => ({ minutes: i % 2 === 0 ? 180 : -420, from: time, to: time }));
    const mixed = prepared(times, WEEKLY, { type: 'timestamp', offsets });
    expect(mixed.frequency.timeZone).toBeUndefined();
    expect(mixed.says).toContain('no single time zone');
  });

  it('are counted by UTC where that fits and the zone that is given does not', () => {
    const times = Array.from({ length: 300 }, (_, i) => YEAR + i * DAY);
    const { frequency } = prepared(times, WEEKLY, { type: 'timestamp', timeZone: 'Europe/Berlin' });
    expect([describeFrequency(frequency), frequency.timeZone]).toEqual(['daily', undefined]);
  });

  it.each([
    [[{ minutes: 60, from: YEAR, to: YEAR + 300 * DAY }], 'Etc/GMT-1'],
    [[{ minutes: -300, from: YEAR, to: YEAR + DAY }], 'Etc/GMT+5'],
    [[{ minutes: 330, from: YEAR, to: YEAR + 300 * DAY }], 'Asia/Kolkata'],
  ])('of the offsets %j are those of %s', (offsets, zone) => {
    expect(zoneOfOffsets(offsets)).toBe(zone);
  });
});

describe('numbers that write dates', () => {
  const days = Array.from({ length: 200 }, (_, i) =>
    Number(new Date(YEAR + i * DAY).toISOString().slice(0, 10).replaceAll('-', '')),
  );

  it('are days, with the season of the week, and go on as numbers', () => {
    const { frequency, seasons, series, says } = prepared(days, WEEKLY, { type: 'number' });
    expect([describeFrequency(frequency), seasons[0]]).toEqual(['daily', 7]);
    expect(series[0]!.values).toHaveLength(200);
    expect(timeOf(frequency, series[0]!.start + 200)).toBe(20_240_719);
    expect(says).toContain('read as dates (YYYYMMDD)');
    expect(says).toContain('from 2024-01-01 to 2024-07-18');
    expect(says).not.toContain('missing steps');
    expect(stepOf(frequency, 20_240_230)).toBeNaN();
  });

  it.each([
    ['epoch seconds', 1000],
    ['epoch milliseconds', 1],
  ] as const)('count months and days as %s', (name, unit) => {
    const months = Array.from({ length: 48 }, (_, i) => Date.UTC(2019, i, 1) / unit);
    const { frequency, series, says } = prepared(months, (i) => i % 12, { type: 'number' });
    expect(describeFrequency(frequency)).toBe('monthly');
    expect(timeOf(frequency, series[0]!.start + 48)).toBe(Date.UTC(2023, 0, 1) / unit);
    expect(says).toContain(`read as times (${name.slice(6)} since 1970, UTC)`);
    expect(says).toContain('from 2019-01-01 to 2022-12-01');
    const daily = Array.from({ length: 200 }, (_, i) => (YEAR + i * DAY) / unit);
    expect(prepared(daily, WEEKLY, { type: 'number' })).toMatchObject({
      seasons: expect.arrayContaining([7]),
    });
  });

  it.each([
    ['steps of a process', (i: number) => 1_700_000_000 + 7 * i],
    ['a counter', (i: number) => 60 * i],
    ['long before computers', (i: number) => 3600 * (i + 1)],
  ])('stay numbers: %s', (_, numberOf) => {
    const numbers = Array.from({ length: 60 }, (__, i) => numberOf(i));
    expect(prepared(numbers, WEEKLY, { type: 'number' }).frequency).toMatchObject({ unit: 'number' });
  });

  it('are months where they have no day', () => {
    const months = Array.from({ length: 48 }, (_, i) => (2019 + Math.floor(i / 12)) * 100 + (i % 12) + 1);
    const { frequency, series } = prepared(months, (i) => i % 12, { type: 'number' });
    expect(describeFrequency(frequency)).toBe('monthly');
    expect(timeOf(frequency, series[0]!.start + 48)).toBe(202_301);
  });

  it('stay numbers where the type was given, or where one is no date', () => {
    const given = prepared(days, WEEKLY, { type: 'number', isGiven: true });
    expect(given.frequency).toMatchObject({ unit: 'number' });
    const counted = Array.from({ length: 60 }, (_, i) => 20_240_101 + i);
    expect(prepared(counted, WEEKLY, { type: 'number' }).frequency).toMatchObject({
      unit: 'number',
      step: 1,
    });
  });
});
