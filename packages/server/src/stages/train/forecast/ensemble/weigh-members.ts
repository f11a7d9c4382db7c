import { rootScaledError, scaledError } from '../errors.ts';
import type { MemberId } from '../model.ts';

/** What each member said of one series in one window of the past, and what happened. */
export type BacktestCase = {
  series: number;
  window: number;
  truth: Float64Array;
  scale: number;
  /** Mostly zeros: judged by squared errors, whose least is the mean; the least absolute error is to promise nothing. */
  isIntermittent: boolean;
  said: Partial<Record<MemberId, Float64Array>>;
};

export type Weights = Partial<Record<MemberId, number>>;

/** A member counts by the inverse of this power of its error. */
const POWER = 4;
/** Windows of its own after which a series' errors count as much as those of all series. */
const WINDOWS_TO_TRUST = 1;
/** Members so much worse than the best one of a series have no part in its mean. */
const WORST_RATIO = 2;
/** A member with less than this share is left out: it costs time and changes nothing. */
const LEAST_SHARE = 0.03;

/**
 * Weights of each series: members count by the inverse power of their error on the series itself, drawn to their error
 * on all series where it has few windows. On retail, sales, M4 and weather series this beat equal weights, greedy
 * selection (Caruana et al. 2004) and the single best member, which a mean of statistical and learned forecasts mostly
 * does; see docs/benchmarks.md.
 */
export function weighMembers(cases: readonly BacktestCase[], series: number): Weights[] {
  const pooled = pooledErrors(cases.filter(({ isIntermittent }) => !isIntermittent));
  const ofIntermittent = pooledErrors(cases.filter(({ isIntermittent }) => isIntermittent));
  return grouped(cases, series).map((own) =>
    tidy(weightsOf(own, own[0]?.isIntermittent ? ofIntermittent : pooled)),
  );
}

/**
 * Mean scaled error of each member. One that took part in some cases only is compared with the seasonal naive (without a season the naive) on those,
 * or easy cases would flatter it.
 */
export function pooledErrors(cases: readonly BacktestCase[]): Map<MemberId, number> {
  const general = meanError(cases, REFERENCE, REFERENCE);
  const members = new Set(cases.flatMap(({ said }) => Object.keys(said) as MemberId[]));
  return new Map(
    [...members].map((member) => {
      const own = meanError(cases, member, member);
      const naive = meanError(cases, REFERENCE, member);
      return [member, naive > 0 && general > 0 ? (own / naive) * general : own];
    }),
  );
}

/** The seasonal naive; of a series without a season the naive. */
const REFERENCE = 'reference';

function saidBy({ said }: BacktestCase, member: MemberId | typeof REFERENCE): Float64Array | undefined {
  return member === REFERENCE ? (said['seasonal-naive'] ?? said.naive) : said[member];
}

/** Mean scaled error of `member` over the cases where `present` took part too and a scale exists. */
function meanError(
  cases: readonly BacktestCase[],
  member: MemberId | typeof REFERENCE,
  present: MemberId | typeof REFERENCE,
): number {
  let [sum, count] = [0, 0];
  for (const one of cases) {
    const said = saidBy(one, member);
    if (said === undefined || saidBy(one, present) === undefined) continue;
    const error = one.isIntermittent ? rootScaledError(one, said) : scaledError(one, said);
    if (!Number.isFinite(error)) continue;
    sum += error;
    count++;
  }
  return sum / count;
}

function weightsOf(own: readonly BacktestCase[], pooled: Map<MemberId, number>): Weights {
  const trust = own.length / (own.length + WINDOWS_TO_TRUST);
  const errors = [...pooled].flatMap(([member, general]): [MemberId, number][] => {
    // What took no part in a window does not suit the series.
    if (own.some(({ said }) => said[member] === undefined)) return [];
    const mean = meanError(own, member, member);
    const known = Number.isFinite(general) ? general : mean;
    const error = Number.isFinite(mean) ? trust * mean + (1 - trust) * known : known;
    return Number.isFinite(error) ? [[member, Math.max(error, LEAST_ERROR)]] : [];
  });
  const best = Math.min(...errors.map(([, error]) => error));
  const good = errors.filter(([, error]) => error <= WORST_RATIO * best);
  return Object.fromEntries(good.map(([member, error]) => [member, (best / error) ** POWER]));
}

/** Errors below this are no errors. */
const LEAST_ERROR = 1e-9;

function tidy(weights: Weights): Weights {
  const all = normalised(weights);
  return normalised(Object.fromEntries(entries(all).filter(([, weight]) => weight >= LEAST_SHARE)));
}

/** Shares that add up to 1; none at all where nothing is known. */
export function normalised(weights: Weights): Weights {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return total > 0
    ? Object.fromEntries(entries(weights).map(([member, weight]) => [member, weight / total]))
    : {};
}

function entries(weights: Weights): [MemberId, number][] {
  return Object.entries(weights) as [MemberId, number][];
}

function grouped(cases: readonly BacktestCase[], series: number): BacktestCase[][] {
  const groups = Array.from({ length: series }, (): BacktestCase[] => []);
  for (const one of cases) groups[one.series]!.push(one);
  return groups;
}
