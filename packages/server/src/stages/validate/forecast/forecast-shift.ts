import type { ColumnShift, ShiftReport } from '../shift-report.ts';
import { mean, median, standardDeviation } from './series-statistics.ts';
import { type GrownSeries, type SeriesShift, seriesShift } from './value-shift.ts';

/** A column known in advance: its values at the steps before the champion's training ended and after, of all series. */
export type KnownColumn = {
  name: string;
  type: 'number' | 'category';
  before: ArrayLike<number>;
  appended: ArrayLike<number>;
};

export type ForecastShiftRequest = {
  target: string;
  /** Version of the champion. */
  champion: number;
  /** The strongest season in steps; 1 without one. */
  season: number;
  /** Series with values that came after the champion's training. */
  series: readonly GrownSeries[];
  columns: readonly KnownColumn[];
  accepted: boolean;
  acceptance?: ShiftReport['acceptance'];
};

/** A shift of this share of the series is one of the set. */
const SHARE_OF_SERIES = 0.5;
/** So many of a number's values outside its earlier range, and so far its mean, in standard deviations: another unit. */
const OTHER_UNIT = { share: 0.9, shift: 3 };
/** Share of words that were never there before. */
const UNSEEN = 0.5;

/** What differs in the values that came after the champion's training: their level, their season, and faults of the feed. Pure. */
export function forecastShift(request: ForecastShiftRequest): ShiftReport {
  const { target, champion, season, series, accepted, acceptance } = request;
  const shifts = series.map((one) => seriesShift(one, season));
  const label = levelOf(target, shifts);
  const lost = seasonOf(target, season, shifts);
  const columns = request.columns.map(columnShift);
  const faults = [...feedFaults(target, shifts), ...columns.flatMap(({ fault }) => fault ?? [])];
  const appended = series.reduce((sum, { values, known }) => sum + values.length - known, 0);
  const before = series.reduce((sum, { known }) => sum + known, 0);
  return {
    champion,
    rows: { before, appended },
    label,
    season: lost,
    inputs: {
      columns: columns.map(({ shift }) => shift),
      broken: faults.length === 0 ? null : faults.join(' '),
      enough: true,
    },
    relation: null,
    accepted,
    ...(acceptance && { acceptance }),
    says: `${appended.toLocaleString('en')} steps came after the training of version ${champion}. ${label.says} ${lost.says}`,
  };
}

function levelOf(target: string, shifts: readonly SeriesShift[]): ShiftReport['label'] {
  const judged = shifts.flatMap(({ level }) => level ?? []);
  const base = { column: target, pValue: null, measure: 'standard deviations' };
  if (judged.length === 0) {
    const says = `The level of ${target} is not evaluated: the values before are too few for so many appended ones.`;
    return { ...base, measure: null, effect: null, shifted: false, level: 'none', large: false, says };
  }
  const large = shareOf(judged, (one) => one.large);
  const shifted = shareOf(judged, (one) => one.shifted);
  const effect = median(judged.map((one) => one.effect));
  const [only] = judged;
  const where =
    judged.length === 1
      ? `from ${figure(only!.from)} to ${figure(only!.to)}`
      : `in ${judged.filter((one) => (large.isMost ? one.large : one.shifted)).length} of ${judged.length} series`;
  const beyond = `beyond what it did over as many steps before (${figure(effect)} standard deviations)`;
  const says = large.isMost
    ? `The level of ${target} changed by a large effect, ${where}, ${beyond}.`
    : shifted.isMost
      ? `The level of ${target} moved ${where}, ${beyond}.`
      : `The level of ${target} moves as before${shifted.count > 0 ? `, but in ${shifted.count} of ${judged.length} series` : ''}.`;
  return {
    ...base,
    effect,
    shifted: shifted.isMost,
    level: large.isMost ? 'critical' : shifted.isMost ? 'warning' : 'none',
    large: large.isMost,
    says,
  };
}

function seasonOf(
  target: string,
  season: number,
  shifts: readonly SeriesShift[],
): NonNullable<ShiftReport['season']> {
  const judged = shifts.flatMap((one) => one.season ?? []);
  const base = { column: target, pValue: null, measure: 'correlation with the season before' };
  if (judged.length === 0) {
    const says =
      season < 2
        ? 'There is no season to compare.'
        : `The season of ${season} steps is not evaluated: it takes a whole one appended, and several before.`;
    return { ...base, measure: null, effect: null, shifted: false, level: 'none', large: false, says };
  }
  const lost = shareOf(judged, (one) => one.lost);
  const [before, after] = [median(judged.map((one) => one.before)), median(judged.map((one) => one.after))];
  const figures = `values correlate by ${figure(after)} with those of the season before, earlier ones by ${figure(before)}`;
  const where = judged.length === 1 ? '' : ` in ${lost.count} of ${judged.length} series`;
  return {
    ...base,
    effect: after,
    shifted: lost.isMost,
    level: lost.isMost ? 'critical' : 'none',
    large: lost.isMost,
    says: lost.isMost
      ? `The season of ${season} steps is lost${where}: ${figures}.`
      : `The season of ${season} steps goes on (${figures}).`,
  };
}

function feedFaults(target: string, shifts: readonly SeriesShift[]): string[] {
  const missing = shareOf(shifts, ({ fault }) => fault === 'missing');
  const stuck = shareOf(shifts, ({ fault }) => fault === 'stuck');
  const where = (count: number) => (shifts.length === 1 ? '' : ` in ${count} of ${shifts.length} series`);
  return [
    ...(missing.isMost
      ? [`Half of the appended steps have no value of ${target}${where(missing.count)}.`]
      : []),
    ...(stuck.isMost
      ? [`${target} has the same value at all appended steps${where(stuck.count)}, as it never had.`]
      : []),
  ];
}

function columnShift({ name, type, before, appended }: KnownColumn): { shift: ColumnShift; fault?: string } {
  const [old, now] = [present(before), present(appended)];
  const base = { column: name, pValue: null };
  if (old.length < 2 || now.length === 0) {
    const says = `${name}: nothing to compare.`;
    return { shift: { ...base, measure: null, effect: null, shifted: false, level: 'none', says } };
  }
  const { effect, measure, isFault } = type === 'category' ? unseen(old, now) : outside(old, now);
  const says = `${name} ${isFault ? 'differs from what it was' : 'is much as before'}: ${measure} ${figure(effect)}.`;
  const fault =
    type === 'category'
      ? `${name}: ${figure(100 * effect)} % of its words were never there before.`
      : `${name}: nearly all values lie outside the earlier range, as in another unit.`;
  return {
    shift: { ...base, measure, effect, shifted: isFault, level: isFault ? 'critical' : 'none', says },
    ...(isFault && { fault }),
  };
}

function unseen(old: Float64Array, now: Float64Array) {
  const known = new Set(old);
  const effect = mean(now.map((value) => (known.has(value) ? 0 : 1)));
  return { effect, measure: 'share of words never seen', isFault: effect >= UNSEEN };
}

function outside(old: Float64Array, now: Float64Array) {
  const [low, high] = old.reduce(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)] as const,
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const,
  );
  const share = mean(now.map((value) => (value < low || value > high ? 1 : 0)));
  const moved = Math.abs(mean(now) - mean(old));
  const spread = standardDeviation(old);
  const effect = moved === 0 ? 0 : Math.min(99, moved / spread);
  const isFault = share >= OTHER_UNIT.share && effect >= OTHER_UNIT.shift;
  return { effect, measure: 'shift of the mean in standard deviations', isFault };
}

function present(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter((value) => !Number.isNaN(value));
}

function shareOf<T>(all: readonly T[], is: (one: T) => boolean): { count: number; isMost: boolean } {
  const count = all.filter(is).length;
  return { count, isMost: count > 0 && count >= SHARE_OF_SERIES * all.length };
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
