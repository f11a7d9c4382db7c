import { fail } from '@slipway/contract';
import type { Series, SeriesSet } from '../model.ts';

export type HeldOut = {
  /** The series without their last steps; those too short to spare any stay whole. */
  training: SeriesSet;
  /** Steps held out of each series of `training`; 0 where none are. */
  left: number[];
  says: string;
};

/** Values that must remain of a series of which steps are held out. */
const LEAST_LEFT = 3;

/**
 * Holds out the last horizon of each series. Throws `forecast.horizon-too-long` when no series is long enough to spare
 * that many.
 */
export function holdOut(set: SeriesSet): HeldOut {
  const { horizon } = set;
  const left = set.series.map(({ values }) => (values.length - horizon >= LEAST_LEFT ? horizon : 0));
  const held = left.filter((steps) => steps > 0).length;
  if (held === 0) {
    const values = Math.max(...set.series.map((one) => one.values.length));
    throw fail(
      'forecast.horizon-too-long',
      { horizon, values, most: values - LEAST_LEFT },
      { path: 'horizon' },
    );
  }
  const series = set.series.map((one, index) => shortened(one, left[index]!));
  const count = `${held.toLocaleString('en')} of ${set.series.length.toLocaleString('en')} series`;
  const whole = held === set.series.length ? '' : ' The others are too short to spare any.';
  return {
    training: { ...set, series },
    left,
    says: `The last ${horizon} steps of ${count} are held out.${whole}`,
  };
}

/** A series without its last steps; what is known of them in advance stays. */
export function shortened(series: Series, steps: number): Series {
  if (steps === 0) return series;
  return { ...series, values: series.values.slice(0, -steps), filled: series.filled.slice(0, -steps) };
}
