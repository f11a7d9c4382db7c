import type { EtsForm } from './ets-form.ts';
import type { EtsPosition } from './smooth.ts';

/** Cycles at the beginning that the first seasons are read from. */
const CYCLES_READ = 3;
/** Values at least that level and slope are read from. */
const LEAST_READ = 10;

/**
 * Where the recursion starts: seasons from a moving-average decomposition of the first cycles, level and slope from a
 * line through the first values without them (Hyndman et al. 2002).
 */
export function initialPosition(form: EtsForm, values: Float64Array, season: number): EtsPosition {
  const seasonal =
    form.season === 'N' ? new Float64Array(0) : firstSeasons(values, season, form.season === 'M');
  const read = Math.min(values.length, Math.max(LEAST_READ, 2 * seasonal.length));
  const adjusted = Float64Array.from({ length: read }, (_, i) => {
    if (form.season === 'N') return values[i]!;
    const s = seasonal[i % season]!;
    return form.season === 'M' ? values[i]! / s : values[i]! - s;
  });
  const { level, slope } = lineThrough(adjusted);
  if (form.trend === 'N') return { level: meanOf(adjusted), slope: 0, seasonal, at: 0 };
  return { level: form.error === 'M' && level <= 0 ? meanOf(adjusted) : level, slope, seasonal, at: 0 };
}

function firstSeasons(values: Float64Array, season: number, isMultiplicative: boolean): Float64Array {
  const read = values.subarray(0, Math.min(values.length, CYCLES_READ * season));
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  const half = Math.floor(season / 2);
  for (let i = half; i + half < read.length; i++) {
    const trend = centredMean(read, i, season);
    const part = isMultiplicative ? read[i]! / trend : read[i]! - trend;
    if (!Number.isFinite(part)) continue;
    sums[i % season]! += part;
    counts[i % season]!++;
  }
  const neutral = isMultiplicative ? 1 : 0;
  const raw = sums.map((sum, phase) => (counts[phase]! > 0 ? sum / counts[phase]! : neutral));
  const middle = meanOf(raw);
  return raw.map((value) => (isMultiplicative ? Math.max(value / (middle || 1), 1e-2) : value - middle));
}

/** The mean over one season around `i`; of even seasons the two ends count half. */
function centredMean(values: Float64Array, i: number, season: number): number {
  const half = Math.floor(season / 2);
  let sum = 0;
  for (let j = i - half; j <= i + half; j++) sum += values[j]!;
  if (season % 2 === 0) sum -= (values[i - half]! + values[i + half]!) / 2;
  return sum / season;
}

/** The line's value one step before the first and its slope. */
function lineThrough(values: Float64Array): { level: number; slope: number } {
  const n = values.length;
  const [meanX, meanY] = [(n + 1) / 2, meanOf(values)];
  let [xy, xx] = [0, 0];
  for (let i = 0; i < n; i++) {
    xy += (i + 1 - meanX) * (values[i]! - meanY);
    xx += (i + 1 - meanX) ** 2;
  }
  const slope = xx > 0 ? xy / xx : 0;
  return { level: meanY - slope * meanX, slope };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / Math.max(1, values.length);
}
