import { seededRandom, shuffle } from '../../../kernel/index.ts';
import type { FeatureMatrix } from '../../prepare/index.ts';
import type { Link, Part } from '../model.ts';
import { partMargins } from './part-margins.ts';

/** Margins computed at most, so that it costs little beside the fit. */
const MOST_MARGINS = 1500;

/** Rows at most; the mean of more would hardly differ. */
const MOST_ROWS = 200;

/**
 * By place in the part's features: the mean squared change of its margins, summed over outputs, when the values of
 * that feature are shuffled among some of `rows` (Breiman 2001, with the margin in place of the error).
 */
export function influenceOf(
  part: Part,
  link: Link,
  outputs: number,
  features: FeatureMatrix,
  { rows, seed }: { rows: Int32Array; seed: number },
): number[] {
  const random = seededRandom(seed);
  const count = Math.min(MOST_ROWS, rows.length, Math.ceil(MOST_MARGINS / (1 + part.features.length)));
  const drawn = Int32Array.from({ length: count }, () => rows[Math.floor(random() * rows.length)]!);
  const columns = part.features.map((feature): Float32Array => {
    const column = features.columns[feature]!;
    return Float32Array.from(drawn, (row) => column[row]!);
  });
  const margins = marginsOver(part, link, outputs);
  const before = margins(columns);
  return columns.map((column, f) => {
    const after = margins(columns.with(f, shuffle(column.slice(), random)));
    return after.reduce((sum, value, i) => sum + (value - before[i]!) ** 2, 0) / Math.max(1, count);
  });
}

/** The margins of rows given feature by feature, row-major. */
function marginsOver(part: Part, link: Link, outputs: number) {
  const margins = partMargins(part, link);
  return (columns: readonly Float32Array[]): Float64Array => {
    const rows = columns[0]?.length ?? 0;
    const x = new Float32Array(columns.length);
    const all = new Float64Array(rows * outputs);
    for (let row = 0; row < rows; row++) {
      for (let f = 0; f < x.length; f++) x[f] = columns[f]![row]!;
      margins(x, all.subarray(row * outputs, (row + 1) * outputs));
    }
    return all;
  };
}
