/** One season's profile by phase from the first value on; empty where there is none. */
export type Seasonality = { isMultiplicative: boolean; profile: Float64Array };

/** Seasons further back than this many cycles have little to say. */
const CYCLES_READ = 30;
/** Cycles fewer than this give no profile. */
const LEAST_CYCLES = 2;

/**
 * The classical decomposition: the mean over all cycles of value over (or less) the centred moving mean, normalised.
 * It multiplies where every value is above zero, else it adds.
 */
export function seasonalityOf(values: Float64Array, season: number): Seasonality {
  const isMultiplicative = values.every((value) => value > 0);
  if (season < 2 || values.length < LEAST_CYCLES * season)
    return { isMultiplicative, profile: new Float64Array(0) };
  const trend = movingMean(values, season);
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  for (let i = Math.max(0, values.length - CYCLES_READ * season); i < values.length; i++) {
    if (Number.isNaN(trend[i]!)) continue;
    sums[i % season]! += isMultiplicative ? values[i]! / trend[i]! : values[i]! - trend[i]!;
    counts[i % season]!++;
  }
  const neutral = isMultiplicative ? 1 : 0;
  const raw = sums.map((sum, phase) => (counts[phase]! > 0 ? sum / counts[phase]! : neutral));
  const middle = raw.reduce((sum, value) => sum + value, 0) / season;
  const profile = raw.map((value) => (isMultiplicative ? Math.max(value / middle, 1e-3) : value - middle));
  return { isMultiplicative, profile };
}

/** The values without their season; the first one has phase `at`. */
export function withoutSeasonality(
  { isMultiplicative, profile }: Seasonality,
  values: Float64Array,
  at: number,
): Float64Array {
  if (profile.length === 0) return values;
  return values.map((value, i) => {
    const s = profile[(at + i) % profile.length]!;
    return isMultiplicative ? value / s : value - s;
  });
}

/** The mean over one season around each value (the ends of an even season count half); NaN at the edges. */
export function movingMean(values: Float64Array, season: number): Float64Array {
  const half = Math.floor(season / 2);
  const means = new Float64Array(values.length).fill(Number.NaN);
  let sum = 0;
  for (let i = 0; i < Math.min(2 * half + 1, values.length); i++) sum += values[i]!;
  for (let i = half; i + half < values.length; i++) {
    if (i > half) sum += values[i + half]! - values[i - half - 1]!;
    const ends = season % 2 === 0 ? (values[i - half]! + values[i + half]!) / 2 : 0;
    means[i] = (sum - ends) / season;
  }
  return means;
}
