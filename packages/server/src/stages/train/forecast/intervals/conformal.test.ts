import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../../kernel/index.ts';
import { conformalIntervals, type SeriesErrors } from './conformal.ts';

const HORIZON = 12;
const REPEATED = 300;

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Errors of one window: they grow with the distance, and persist from step to step. */
function windowOf(random: Random, persistence: number, size: number): Float64Array {
  let error = 0;
  return Float64Array.from({ length: HORIZON }, () => {
    error = persistence * error + normal(random);
    return size * error;
  });
}

/** How often later windows lie within intervals that were learnt from `windows` of each series. */
function coverage(series: number, windows: number, persistence: number): number[] {
  const random = seededRandom(5);
  const levels = [0.8, 0.95];
  const inside = [0, 0];
  let all = 0;
  for (let i = 0; i < REPEATED / series; i++) {
    const errors = Array.from({ length: series }, (_, which): SeriesErrors => {
      const size = 1 + which;
      return {
        scale: size,
        windows: Array.from({ length: windows }, () => windowOf(random, persistence, size)),
        starts: new Array<number>(windows).fill(0),
      };
    });
    const { growth, intervals, spreads } = conformalIntervals(errors, HORIZON, levels);
    spreads.forEach((spread, which) => {
      windowOf(random, persistence, 1 + which).forEach((error, k) => {
        all++;
        intervals.forEach(({ quantile }, level) => {
          if (Math.abs(error) <= growth[k]! * spread * quantile) inside[level]!++;
        });
      });
    });
  }
  return inside.map((count) => count / all);
}

describe('intervals learnt from errors of the past', () => {
  it.each([
    [1, 3, 0.5],
    [1, 4, 0.9],
    [1, 12, 0.9],
    [30, 3, 0.7],
  ])(
    'of %i series and %i windows hold later errors within 5 points (persistence %f)',
    (series, windows, persistence) => {
      const [narrow, wide] = coverage(series, windows, persistence);
      expect(Math.abs(narrow! - 0.8)).toBeLessThan(0.05);
      expect(Math.abs(wide! - 0.95)).toBeLessThan(0.05);
    },
  );
});
