import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { forecastShift } from './forecast-shift.ts';
import { type GrownSeries, seriesShift } from './value-shift.ts';

const SEASON = 12;
const KNOWN = 96;
const APPENDED = 18;

type Change = (usual: number, step: number) => number;

/** Months with a trend, a season and chance, of which the appended ones are changed. */
function grown(change: Change = (usual) => usual, seed = 1): GrownSeries {
  const random = seededRandom(seed);
  const values = Float64Array.from({ length: KNOWN + APPENDED }, (_, i) => {
    const usual = 300 + i + 60 * Math.sin((2 * Math.PI * i) / SEASON) + 10 * (random() - 0.5);
    return i < KNOWN ? usual : change(usual, i);
  });
  return { values, filled: new Uint8Array(values.length), known: KNOWN };
}

const shiftOf = (change?: Change) => seriesShift(grown(change), SEASON);

describe('appended values of a series', () => {
  it('that go on as before, trend and season included, are no shift', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { level, season, fault } = seriesShift(grown(undefined, seed), SEASON);
      expect(level).toMatchObject({ shifted: false, large: false });
      expect(season).toMatchObject({ lost: false });
      expect(fault).toBeNull();
    }
  });

  it('in another unit are a large shift of the level', () => {
    const { level } = shiftOf((usual) => usual / 10);
    expect(level).toMatchObject({ large: true });
    expect(level!.to).toBeLessThan(level!.from / 5);
  });

  it('whose trend ends are no large shift', () => {
    expect(shiftOf((usual, step) => usual - (step - KNOWN)).level).toMatchObject({ large: false });
  });

  it('of a random walk move far at any time, which is no shift', () => {
    const random = seededRandom(7);
    let level = 0;
    const values = Float64Array.from({ length: KNOWN + APPENDED }, () => (level += random() - 0.5));
    const walk = { values, filled: new Uint8Array(values.length), known: KNOWN };
    expect(seriesShift(walk, 1).level).toMatchObject({ large: false });
  });

  it('in another order have lost their season, though their level is the same', () => {
    const random = seededRandom(3);
    const { level, season } = shiftOf(() => 400 + 120 * (random() - 0.5));
    expect(level).toMatchObject({ large: false });
    expect(season).toMatchObject({ lost: true });
    expect(season!.before).toBeGreaterThan(0.9);
  });

  it('that stand still or are missing look like a fault', () => {
    expect(shiftOf(() => 400).fault).toBe('stuck');
    const gone = grown();
    gone.filled.fill(1, KNOWN + 5);
    expect(seriesShift(gone, SEASON).fault).toBe('missing');
  });

  it('are not judged where the earlier ones are too few', () => {
    const short = { values: new Float64Array(14), filled: new Uint8Array(14), known: 8 };
    expect(seriesShift(short, SEASON)).toEqual({ level: null, season: null, fault: null });
  });
});

describe('the shift of a set', () => {
  const request = { target: 'sales', champion: 3, season: SEASON, columns: [], accepted: false };
  const tenth: Change = (usual) => usual / 10;

  it('is what at least half of its series show', () => {
    const one = forecastShift({ ...request, series: [grown(tenth), grown(), grown()] });
    expect(one.label).toMatchObject({ large: false, level: 'none' });
    expect(one.label.says).toContain('but in 1 of 3 series');
    const most = forecastShift({ ...request, series: [grown(tenth), grown(tenth, 2), grown()] });
    expect(most.label).toMatchObject({ large: true, level: 'critical' });
    expect(most.label.says).toContain('in 2 of 3 series');
    expect(most.rows).toEqual({ before: 3 * KNOWN, appended: 3 * APPENDED });
  });

  it('names a column known in advance that is in another unit, or has words never seen', () => {
    const before = Array.from({ length: 50 }, (_, i) => i % 7);
    const columns = [
      { name: 'temperature', type: 'number' as const, before, appended: [100, 120, 110] },
      { name: 'event', type: 'category' as const, before, appended: [7, 8, 1] },
      { name: 'price', type: 'number' as const, before, appended: [3, Number.NaN, 2] },
      { name: 'empty', type: 'number' as const, before: [], appended: [] },
    ];
    const { inputs } = forecastShift({ ...request, columns, series: [grown()] });
    expect(inputs.columns.map(({ column, shifted }) => [column, shifted])).toEqual([
      ['temperature', true],
      ['event', true],
      ['price', false],
      ['empty', false],
    ]);
    expect(inputs.broken).toContain('temperature: nearly all values lie outside');
    expect(inputs.broken).toContain('event: 66.7 % of its words');
  });
});
