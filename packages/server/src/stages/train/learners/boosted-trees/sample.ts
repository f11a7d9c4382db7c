import type { Random } from '../../../../kernel/index.ts';
import { shuffle } from '../../../../kernel/index.ts';

/** A share of the features drawn without replacement, in rising order; at least one when there is any. */
export function sampleFeatures(features: Int32Array, fraction: number, random: Random): Int32Array {
  if (fraction >= 1) return features;
  const take = Math.max(1, Math.round(features.length * fraction));
  return shuffle(features.slice(), random).subarray(0, take).sort();
}

/** Rows to grow a tree on, and the others, which ride along with the validation rows. */
export function sampleRows(
  rows: Int32Array,
  validation: Int32Array,
  fraction: number,
  random: Random,
): { rows: Int32Array; riders: Int32Array } {
  if (fraction >= 1) return { rows, riders: validation };
  const drawn = new Int32Array(rows.length);
  const riders = new Int32Array(rows.length + validation.length);
  let inside = 0;
  let outside = 0;
  for (let i = 0; i < rows.length; i++) {
    if (random() < fraction) drawn[inside++] = rows[i]!;
    else riders[outside++] = rows[i]!;
  }
  riders.set(validation, outside);
  return { rows: drawn.subarray(0, inside), riders: riders.subarray(0, outside + validation.length) };
}
