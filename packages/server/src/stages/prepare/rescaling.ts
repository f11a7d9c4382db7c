import type { ColumnFeature, Rescaling } from './model.ts';

/** Rows that are looked at; as many values tell apart what float32 merges. */
const SAMPLE_ROWS = 20_000;

/** Share of the distinct values that may become equal to another when rounded to float32 before anything is done about it. */
const MOST_MERGED = 1 / 8;

/** A spread below this share of the size is what double-precision arithmetic leaves of equal values. */
const NOISE = 2 ** -44;

/** Sizes between which float32 keeps every digit, sums of squares included. */
const SIZES = { least: 2 ** -60, most: 2 ** 60 };

/** What the value of a feature is before it is rounded to float32: value × scale - center, in double precision. */
export function compileRescaling(spec: ColumnFeature): ((value: number) => number) | undefined {
  if (!isRescaled(spec)) return undefined;
  const { center = 0, scale = 1 } = spec;
  return (value) => value * scale - center;
}

/** Whether the value is shifted or scaled before it is rounded to float32. */
export function isRescaled<Spec extends { kind: string }>(spec: Spec): spec is Spec & Rescaling {
  const { center, scale } = spec as Rescaling;
  return center !== undefined || scale !== undefined;
}

/** The feature whose value is what the column holds, not shifted and not scaled. */
export function withoutRescaling<Spec extends ColumnFeature>(spec: Spec): Spec {
  if (!isRescaled(spec)) return spec;
  const { center, scale, ...plain } = spec;
  return plain as unknown as Spec;
}

/**
 * How the values of some rows are shifted and scaled so that float32 keeps them apart; empty when it does so as they are,
 * or when neither helps. The scale is a power of two and the center one of the scaled values, so that the product is exact,
 * and the difference of any value near the center too.
 */
export function fitRescaling(values: (row: number) => number, rows: Int32Array): Rescaling {
  const distinct = distinctOf(values, rows);
  const [least, greatest] = [distinct[0], distinct.at(-1)];
  if (least === undefined || greatest === undefined) return {};
  const merged = countMerged(distinct, {});
  if (merged <= MOST_MERGED * distinct.length) return {};
  if (greatest - least <= NOISE * Math.max(Math.abs(least), Math.abs(greatest))) return {};
  const middle = distinct[distinct.length >> 1]!;
  const found = [0, middle]
    .map((value): Rescaling => {
      const scaling = scaleFor(distinct, value);
      return { ...(value !== 0 && { center: value * (scaling.scale ?? 1) }), ...scaling };
    })
    .map((rescaling) => ({ rescaling, merged: countMerged(distinct, rescaling) }))
    .reduce((best, one) => (one.merged < best.merged ? one : best));
  return found.merged <= merged / 2 ? found.rescaling : {};
}

/** A power of two that brings what is left after centring to size one; none where its size is a usual one. */
function scaleFor(distinct: Float64Array, center: number): Pick<Rescaling, 'scale'> {
  const size = Math.max(Math.abs(distinct[0]! - center), Math.abs(distinct.at(-1)! - center));
  if (size >= SIZES.least && size <= SIZES.most) return {};
  return { scale: powerOfTwo(1 / size) };
}

/** The power of two next to a positive number, within the range of those that are exact. */
export function powerOfTwo(size: number): number {
  return 2 ** Math.max(-1022, Math.min(1022, Math.round(Math.log2(size))));
}

/** The distinct finite values of rows evenly spread over all, ascending. */
function distinctOf(values: (row: number) => number, rows: Int32Array): Float64Array {
  const step = Math.max(1, rows.length / SAMPLE_ROWS);
  const length = Math.min(rows.length, SAMPLE_ROWS);
  const found = Float64Array.from({ length }, (_, i) => values(rows[Math.floor(i * step)]!));
  const sorted = found.filter(Number.isFinite).sort();
  return sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
}

/** How many values become equal to their predecessor when rounded, or infinite. */
function countMerged(distinct: Float64Array, { center = 0, scale = 1 }: Rescaling): number {
  let merged = 0;
  let former = Number.NaN;
  for (const value of distinct) {
    const rounded = Math.fround(value * scale - center);
    if (rounded === former || !Number.isFinite(rounded)) merged++;
    former = rounded;
  }
  return merged;
}
