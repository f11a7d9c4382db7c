import { widthAt } from './seasonal-widths.ts';

/** Errors of one series in the past: by window, by step; NaN where the truth is not known. */
export type SeriesErrors = {
  scale: number;
  windows: Float64Array[];
  /** Of each window its first step. */
  starts: number[];
};

export type ConformalIntervals = {
  growth: number[];
  intervals: { level: number; quantile: number }[];
  /** Of each series. */
  spreads: number[];
};

/** Errors of its own after which a series' spread counts as much as that of all series. */
const ERRORS_TO_TRUST = 24;
/** The errors of one window persist over its steps: together they say as much as so many. */
const ERRORS_A_WINDOW = 3;
/** Without any error to learn from, an interval is as wide as errors of a random walk would make it. */
const NORMAL_QUANTILE: readonly [number, number][] = [
  [0.5, 0.674],
  [0.8, 1.282],
  [0.9, 1.645],
  [0.95, 1.96],
  [0.99, 2.576],
];

/**
 * Half-widths of intervals from the absolute errors of backtests (split conformal prediction, Vovk et al. 2005): of
 * each series a spread, of each step how errors grow with the distance, and of each level the quantile of errors over
 * both, corrected for the number of errors that say something of their own. Errors are taken relative to the seasonal widths of
 * their steps. Higher levels never give narrower intervals, nor do later steps but for those widths.
 */
export function conformalIntervals(
  raw: readonly SeriesErrors[],
  horizon: number,
  levels: readonly number[],
  widths: readonly number[] = [],
): ConformalIntervals {
  const series = raw.map((one) => relativeTo(widths, one));
  const pooled = pooledSquare(series);
  const spreads = series.map((one) => spreadOf(one, pooled));
  const growth = growthOf(series, spreads, horizon);
  const standard: number[] = [];
  series.forEach(({ windows }, which) => {
    for (const window of windows) {
      window.forEach((error, k) => {
        if (!Number.isNaN(error) && spreads[which]! > 0)
          standard.push(Math.abs(error) / (spreads[which]! * growth[k]!));
      });
    }
  });
  standard.sort((a, b) => a - b);
  const windows = series.flatMap((one, which) => (spreads[which]! > 0 ? one.windows : []));
  const independent = windows.length * Math.min(horizon, ERRORS_A_WINDOW);
  let before = 0;
  const intervals = levels
    .toSorted((a, b) => a - b)
    .map((level) => {
      before = Math.max(before, quantileOf(standard, level, independent));
      return { level, quantile: before };
    });
  return { growth, intervals, spreads };
}

/** Errors as they would be at a step of the usual width. */
function relativeTo(widths: readonly number[], { scale, windows, starts }: SeriesErrors): SeriesErrors {
  const relative = windows.map((window, which) =>
    window.map((error, k) => error / widthAt(widths, starts[which]! + k)),
  );
  return { scale, windows: relative, starts };
}

/** Mean squared error in units of each series' scale. */
function pooledSquare(series: readonly SeriesErrors[]): number {
  let [sum, count] = [0, 0];
  for (const { scale, windows } of series) {
    if (!Number.isFinite(scale)) continue;
    for (const window of windows) {
      for (const error of window) {
        if (Number.isNaN(error)) continue;
        sum += Math.min((error / scale) ** 2, 400);
        count++;
      }
    }
  }
  return count === 0 ? 1 : sum / count;
}

/** Root mean square of its own errors, drawn to that of all series where it has few; 0 for a series that never varies. */
function spreadOf({ scale, windows }: SeriesErrors, pooled: number): number {
  if (!Number.isFinite(scale)) return 0;
  let [sum, count] = [0, 0];
  for (const window of windows) {
    for (const error of window) {
      if (Number.isNaN(error)) continue;
      sum += (error / scale) ** 2;
      count++;
    }
  }
  return scale * Math.sqrt((sum + ERRORS_TO_TRUST * pooled) / (count + ERRORS_TO_TRUST));
}

/** How much wider errors are at each step than over all, never falling, and between even and a random walk's growth. */
function growthOf(series: readonly SeriesErrors[], spreads: readonly number[], horizon: number): number[] {
  const sums = new Float64Array(horizon);
  const counts = new Float64Array(horizon);
  series.forEach(({ windows }, which) => {
    if (!(spreads[which]! > 0)) return;
    for (const window of windows) {
      window.forEach((error, k) => {
        if (Number.isNaN(error)) return;
        sums[k]! += Math.min((error / spreads[which]!) ** 2, 25);
        counts[k]!++;
      });
    }
  });
  const all =
    sums.reduce((sum, one) => sum + one, 0) /
    Math.max(
      1,
      counts.reduce((sum, one) => sum + one, 0),
    );
  const walk = Array.from({ length: horizon }, (_, k) => ((k + 1) * 2) / (horizon + 1));
  const prior = 10;
  const squares = walk.map((one, k) => {
    const seen = all > 0 ? sums[k]! / all : 0;
    return (seen + prior * (0.5 + one / 2)) / (counts[k]! + prior);
  });
  return rising(squares).map((square) => Math.sqrt(square));
}

/** The closest sequence that never falls (pool adjacent violators). */
function rising(values: readonly number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  for (const value of values) {
    blocks.push({ sum: value, count: 1 });
    while (blocks.length > 1) {
      const [before, last] = [blocks.at(-2)!, blocks.at(-1)!];
      if (before.sum / before.count <= last.sum / last.count) break;
      blocks.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  }
  return blocks.flatMap(({ sum, count }) => new Array<number>(count).fill(sum / count));
}

/**
 * The quantile of `sorted` that holds a new error with probability `level`, where no more than `independent` of them say
 * something of their own; the largest, or that of a normal distribution if wider, where they are too few for the level.
 */
function quantileOf(sorted: readonly number[], level: number, independent: number): number {
  const count = Math.min(sorted.length, independent);
  const rank = Math.ceil((sorted.length * (count + 1) * level) / count);
  if (sorted.length >= 10 && rank <= sorted.length) return sorted[rank - 1]!;
  const normal = NORMAL_QUANTILE.find(([known]) => known >= level)?.[1] ?? 3;
  return Math.max(normal, sorted.at(-1) ?? 0);
}
