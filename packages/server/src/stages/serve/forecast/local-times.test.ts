import { describe, expect, it } from 'vitest';
import { zoneClock } from '../../../kernel/index.ts';
import { hoursUntil } from '../../../testing/local-hours.builder.ts';
import { loadForecast } from './load-forecast.ts';

const HOUR = 3_600_000;
const BERLIN = zoneClock('Europe/Berlin');

describe.each([
  ['begins', '2024-03-30T18:00:00+01:00', ['2024-03-31T01:00:00+01:00', '2024-03-31T03:00:00+02:00']],
  ['ends', '2024-10-26T18:00:00+02:00', ['2024-10-27T02:00:00+02:00', '2024-10-27T02:00:00+01:00']],
] as const)('hours of local time while daylight saving %s', (_, end, [before, after]) => {
  const file = hoursUntil(Date.parse(end));
  const engine = loadForecast(file);

  it('are asked for one after another, each with its offset, and forecast by the hour of the day', () => {
    const { rows } = engine.ahead!({ horizon: 24 }, 100)!;
    expect(engine.ahead!({ horizon: undefined }, 100)!.rows).toEqual(rows);
    const times = rows!.map(({ t }) => String(t));
    expect(times.map((time) => Date.parse(time))).toEqual(
      Array.from({ length: 24 }, (_, k) => Date.parse(end) + (k + 1) * HOUR),
    );
    expect(times.slice(times.indexOf(before), times.indexOf(before) + 2)).toEqual([before, after]);
    const predictions = engine.predict(rows!);
    predictions.forEach(({ value, time }, k) => {
      expect(time).toBe(times[k]);
      expect(Number(value)).toBeCloseTo(Number(times[k]!.slice(11, 13)), 0);
    });
  });

  it('may be asked for by the clock alone, and in UTC', () => {
    const [clock, offset, utc] = engine.predict([
      { t: after.slice(0, 16).replace('T', ' ').replace('02:00', '04:00') },
      {
        t: `${after.slice(0, 11)}${after.slice(11, 13) === '03' ? '03' : '04'}:00:00${end.startsWith('2024-03') ? '+02:00' : '+01:00'}`,
      },
      { t: new Date(Date.parse(after)).toISOString() },
    ]);
    expect(clock!.value).toBe(offset!.value);
    expect(utc!.time).toBe(after);
  });

  it('go on from a history over the change', () => {
    const history = Array.from({ length: 12 }, (_, k) => {
      const time = Date.parse(end) + (k + 1) * HOUR;
      return { t: new Date(time).toISOString(), y: new Date(BERLIN.toWall(time)).getUTCHours() };
    });
    const asked = engine.ahead!({ horizon: 2, history }, 100)!;
    expect(asked.rows!.map(({ t }) => Date.parse(String(t)))).toEqual(
      [13, 14].map((k) => Date.parse(end) + k * HOUR),
    );
    for (const { value, time } of asked.engine!.predict(asked.rows!))
      expect(Number(value)).toBeCloseTo(Number(time!.slice(11, 13)), 0);
  });
});
