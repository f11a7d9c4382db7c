import type { DatasetVersion, OperationAnswer } from '@slipway/contract';
import { formatMoment, formatNumber, formatShare } from '../../words/index.ts';

export type Dataset = OperationAnswer<'datasets.get'>;
export type ColumnProfile = DatasetVersion['profile'][number];

/** One bin or value of a column, in words, and how many rows fall in it. */
export type ProfileBin = { label: string; count: number };

/** The bins that the picture of a column draws: the histogram of numbers and times, the top values of others. */
export function binsOf(profile: ColumnProfile): ProfileBin[] {
  const histogram = profile.numeric?.histogram;
  if (histogram !== undefined) {
    return histogram.counts.map((count, index) => ({
      label: `${edgeText(profile, histogram.edges[index])} to ${edgeText(profile, histogram.edges[index + 1])}`,
      count,
    }));
  }
  return (profile.top ?? []).map(({ value, count }) => ({ label: value, count }));
}

/** A number of the column as a reader knows it: times are kept as epoch milliseconds. */
export function edgeText(profile: Pick<ColumnProfile, 'type'>, value: number | undefined): string {
  if (value === undefined) return '—';
  return profile.type === 'timestamp' ? formatMoment(new Date(value).toISOString()) : formatNumber(value);
}

/** One sentence about the picture of a column. */
export function profileSentence(profile: ColumnProfile): string {
  const missing = `${formatShare(profile.rows > 0 ? profile.missing / profile.rows : 0)} missing`;
  if (profile.numeric !== undefined) {
    const { min, max, quantiles } = profile.numeric;
    return `${profile.name}: ${edgeText(profile, min)} to ${edgeText(profile, max)}, median ${edgeText(profile, quantiles[3])}, ${missing}`;
  }
  const first = profile.top?.[0];
  const often =
    first === undefined ? 'no values' : `most often ${first.value} (${formatNumber(first.count)})`;
  return `${profile.name}: ${often}, ${missing}`;
}
