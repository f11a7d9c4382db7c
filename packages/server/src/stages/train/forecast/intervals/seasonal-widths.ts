import { scaleOf } from '../errors.ts';
import type { SeriesSet } from '../model.ts';

/** Differences of the season's mean size that each place begins with, so that few of its own say little. */
const PRIOR = 10;
/** Larger differences, in units of the series' scale, count as this. */
const MOST_DIFFERENCE = 5;

/**
 * How much values differ from those of one season before at each place of the longest season, relative to the mean over all
 * places: errors are larger where seasons differ more (weeks before Christmas, hours of a commute), and a backtest there is not
 * like what follows. Over all series; each place takes part in its neighbours, too. Empty without a season.
 *
 * @returns by `step mod length`, about 1 on average
 */
export function seasonalWidths({
  series,
  seasons,
}: {
  series: readonly Pick<SeriesSet['series'][number], 'start' | 'values' | 'filled'>[];
  seasons: readonly number[];
}): number[] {
  const length = Math.max(0, ...seasons);
  if (length < 2) return [];
  const sums = new Float64Array(length);
  const counts = new Float64Array(length);
  for (const { start, values, filled } of series) {
    const scale = scaleOf(values, seasons[0]!);
    if (!Number.isFinite(scale)) continue;
    for (let i = length; i < values.length; i++) {
      if (filled[i] === 1 || filled[i - length] === 1) continue;
      const place = placeOf(start + i, length);
      sums[place]! += Math.min(MOST_DIFFERENCE, Math.abs(values[i]! - values[i - length]!) / scale);
      counts[place]!++;
    }
  }
  const mean = total(sums) / total(counts);
  if (!(mean > 0)) return [];
  return Array.from({ length }, (_, place) => {
    const near = [place - 1, place, place + 1].map((one) => placeOf(one, length));
    const sum = near.reduce((all, one) => all + sums[one]!, 0);
    const count = near.reduce((all, one) => all + counts[one]!, 0);
    return (sum / mean + PRIOR) / (count + PRIOR);
  });
}

/** The width at a step, of those that {@link seasonalWidths} gave; 1 where there are none. */
export function widthAt(widths: readonly number[] | undefined, step: number): number {
  if (widths === undefined || widths.length === 0) return 1;
  return widths[placeOf(step, widths.length)]!;
}

function placeOf(step: number, length: number): number {
  return ((step % length) + length) % length;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
