import { seededRandom, shuffle } from '../../../kernel/index.ts';
import type { Interval } from '../model.ts';
import type { Resampled } from './statistics.ts';

/** Of the full bootstrap. */
const RESAMPLES = 1000;
/** Fewer than this give no stable 2.5 % quantile. */
const LEAST_RESAMPLES = 200;
/** Row draws we can afford, a second or two; larger sets take fewer resamples. */
const DRAWS = 20_000_000;
/** Larger sets are resampled on so many of their rows, and the spread is scaled to all of them. */
const MOST_ROWS = 50_000;

export type Resamples = {
  /** `values[s][b]`: statistic s on resample b; the same rows were drawn for every statistic. */
  values: Float64Array[];
  /** The statistics on all rows. */
  full: number[];
  /** The statistics on the rows that were drawn from, and sqrt(those rows / all rows). */
  centre: number[];
  shrink: number;
  resamples: number;
};

/**
 * Efron's bootstrap: draws as many rows as there are, with replacement, and measures every statistic on each draw.
 * Because the draws are common to all statistics, differences between models are paired.
 *
 * Above 50,000 rows it draws from a random part of them and scales the spread by sqrt(part / all), which holds for
 * every statistic whose error falls with the root of the rows (Bickel, Götze and van Zwet 1997).
 *
 * @param prepare makes the statistics for the given rows; undefined means all rows.
 */
export function bootstrap(
  prepare: (rows: Int32Array | undefined) => Resampled[],
  rows: number,
  seed: number,
): Resamples {
  const random = seededRandom(seed);
  const part = rows > MOST_ROWS ? randomRows(rows, MOST_ROWS, random) : undefined;
  const size = part?.length ?? rows;
  const statistics = prepare(part);
  const centre = onAllRows(statistics, size);
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(DRAWS / Math.max(1, size))));
  return {
    values: drawn(statistics, size, resamples, random),
    full: part === undefined ? centre : onAllRows(prepare(undefined), rows),
    centre,
    shrink: Math.sqrt(size / rows),
    resamples,
  };
}

function drawn(
  statistics: readonly Resampled[],
  rows: number,
  resamples: number,
  random: () => number,
): Float64Array[] {
  const values = statistics.map(() => new Float64Array(resamples));
  const draws = new Uint16Array(rows);
  for (let b = 0; b < resamples; b++) {
    draws.fill(0);
    for (let i = 0; i < rows; i++) draws[Math.floor(random() * rows)]!++;
    for (let s = 0; s < statistics.length; s++) values[s]![b] = statistics[s]!(draws);
  }
  return values;
}

function onAllRows(statistics: readonly Resampled[], rows: number): number[] {
  const once = new Uint16Array(rows).fill(1);
  return statistics.map((statistic) => statistic(once));
}

function randomRows(rows: number, size: number, random: () => number): Int32Array {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return shuffle(all, random).slice(0, size);
}

/** The 95 % percentile interval of statistic `s`. */
export function intervalOf({ values, full, centre, shrink }: Resamples, s: number): Interval {
  return percentiles(values[s]!, full[s]!, centre[s]!, shrink);
}

/** The same of statistic `a` minus statistic `b`, draw by draw. */
export function differenceOf({ values, full, centre, shrink }: Resamples, a: number, b: number): Interval {
  const differences = values[a]!.map((value, i) => value - values[b]![i]!);
  return percentiles(differences, full[a]! - full[b]!, centre[a]! - centre[b]!, shrink);
}

/** Draws on which the statistic is not defined (a single class) are left out. */
function percentiles(values: Float64Array, full: number, centre: number, shrink: number): Interval {
  const sorted = values.filter(Number.isFinite).sort();
  const at = (q: number) => sorted[Math.round(q * (sorted.length - 1))] ?? Number.NaN;
  const bound = (q: number) => full + shrink * (at(q) - centre);
  return { value: full, low: bound(0.025), high: bound(0.975) };
}
