import { blendedErrors } from './ensemble/blend.ts';
import type { BacktestCase, Weights } from './ensemble/weigh-members.ts';
import { pooledErrors } from './ensemble/weigh-members.ts';
import { scaledError } from './errors.ts';
import { elapsed, nameOf, type Work } from './forecast-work.ts';
import type { MemberId, SeriesModel } from './model.ts';

/** One line of the leaderboard: mean MASE over the backtests, and its standard error over series and windows. */
export type ForecastEntry = {
  member: MemberId | 'ensemble';
  label: string;
  mase: number;
  standardError: number;
  cases: number;
  seconds: number;
  /** Mean share over the series. */
  weight: number;
};

/** The weighted mean is told as it would have been with weights chosen on the other backtests. */
export function leaderboardOf(work: Work, weights: readonly Weights[]): ForecastEntry[] {
  const together = blendedErrors(work.cases, work.request.set.series.length);
  const saidTogether = new Map(work.cases.map((one, i) => [one, together[i]!]));
  const members = [...pooledErrors(work.cases).keys()];
  const entries = members.map((member) =>
    entryOf(work, member, nameOf(member), (one) => one.said[member], meanShare(weights, member)),
  );
  const blend = entryOf(work, 'ensemble', 'Weighted mean by series', (one) => saidTogether.get(one), 1);
  return [...entries, blend].toSorted((a, b) => a.mase - b.mase);
}

function entryOf(
  work: Work,
  member: ForecastEntry['member'],
  label: string,
  said: (one: BacktestCase) => Float64Array | undefined,
  weight: number,
): ForecastEntry {
  const errors = work.cases.flatMap((one) => {
    const values = said(one);
    const error = values === undefined ? Number.NaN : scaledError(one, values);
    return Number.isFinite(error) ? [error] : [];
  });
  const mase = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  const variance =
    errors.reduce((sum, error) => sum + (error - mase) ** 2, 0) / Math.max(1, errors.length - 1);
  const seconds = member === 'ensemble' ? elapsed(work) : (work.seconds.get(member) ?? 0);
  return {
    member,
    label,
    mase,
    standardError: Math.sqrt(variance / errors.length),
    cases: errors.length,
    seconds,
    weight,
  };
}

function meanShare(weights: readonly Weights[], member: MemberId): number {
  return weights.reduce((sum, one) => sum + (one[member] ?? 0), 0) / Math.max(1, weights.length);
}

function membersOf({ weights }: SeriesModel): MemberId[] {
  return Object.keys(weights) as MemberId[];
}

/** What forecasts, by its parts. */
export function labelFor(leaderboard: readonly ForecastEntry[], series: readonly SeriesModel[]): string {
  const parts = leaderboard.filter(({ member, weight }) => member !== 'ensemble' && weight > 0);
  const names = parts.toSorted((a, b) => b.weight - a.weight).map(({ label }) => label);
  // No model could be judged: the series are hardly longer than the horizon.
  if (names.length === 0) return [...new Set(series.flatMap(membersOf))].map(nameOf).join(', ');
  return names.length === 1
    ? names[0]!
    : `Mean of ${names.length} (${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''})`;
}
