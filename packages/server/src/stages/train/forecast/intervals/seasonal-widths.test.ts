import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import { conformalIntervals, type SeriesErrors } from './conformal.ts';
import { seasonalWidths, widthAt } from './seasonal-widths.ts';

const SEASON = 12;
const STORMY = 11;

function sized(place: number): number {
  return place === STORMY ? 8 : 1;
}

/** Values whose noise is large in the last place of each season. */
function seriesOf(cycles: number, start: number) {
  const random = seededRandom(3);
  const values = Float64Array.from({ length: cycles * SEASON }, (_, i) => {
    const place = (start + i) % SEASON;
    return 100 + 10 * Math.sin((2 * Math.PI * place) / SEASON) + sized(place) * (random() - 0.5);
  });
  return { start, values, filled: new Uint8Array(values.length) };
}

describe('seasonal widths', () => {
  it('are large where values differ much from season to season, and about 1 on average', () => {
    const widths = seasonalWidths({ series: [seriesOf(30, 5)], seasons: [SEASON] });
    expect(widths).toHaveLength(SEASON);
    expect(widthAt(widths, STORMY)).toBeGreaterThan(1.5);
    expect(widthAt(widths, STORMY - SEASON * 4)).toBe(widthAt(widths, STORMY));
    expect(widthAt(widths, 5)).toBeLessThan(0.75);
    const mean = widths.reduce((sum, width) => sum + width, 0) / SEASON;
    expect(Math.abs(mean - 1)).toBeLessThan(0.05);
  });

  it('say little by a single difference at each place', () => {
    const widths = seasonalWidths({ series: [seriesOf(2, 0)], seasons: [SEASON] });
    for (const width of widths) expect(Math.abs(width - 1)).toBeLessThan(0.75);
  });

  it('are 1 without a season, for series that never vary and for filled steps', () => {
    expect(seasonalWidths({ series: [seriesOf(3, 0)], seasons: [] })).toEqual([]);
    const flat = { start: 0, values: new Float64Array(36).fill(4), filled: new Uint8Array(36) };
    expect(seasonalWidths({ series: [flat], seasons: [SEASON] })).toEqual([]);
    const filled = { ...seriesOf(3, 0), filled: new Uint8Array(36).fill(1) };
    expect(seasonalWidths({ series: [filled], seasons: [SEASON] })).toEqual([]);
    expect(widthAt([], 7)).toBe(1);
    expect(widthAt(undefined, 7)).toBe(1);
  });

  it('keep intervals of calm steps narrow though the backtests lie on stormy ones', () => {
    const random = seededRandom(8);
    const widths = seasonalWidths({ series: [seriesOf(30, 0)], seasons: [SEASON] });
    const windows = Array.from({ length: 40 }, () =>
      Float64Array.from([9, 10, 11], (place) => sized(place) * (random() - 0.5)),
    );
    const errors: SeriesErrors = { scale: 1, windows, starts: windows.map((_, i) => i * SEASON + 9) };
    const calm = (given: readonly number[]) => {
      const { growth, intervals, spreads } = conformalIntervals([errors], 3, [0.8], given);
      return growth[0]! * spreads[0]! * intervals[0]!.quantile * widthAt(given, 4);
    };
    expect(calm(widths)).toBeLessThan(0.85 * calm([]));
  });
});
