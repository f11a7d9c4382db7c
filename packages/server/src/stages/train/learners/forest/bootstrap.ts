import type { Random } from '../../../../kernel/index.ts';

/** As many rows as `rows` has, drawn from it with replacement, in its order. */
export function bootstrapRows(rows: Int32Array, random: Random): Int32Array {
  const times = new Uint16Array(rows.length);
  for (let i = 0; i < rows.length; i++) times[Math.floor(random() * rows.length)]! += 1;
  const drawn = new Int32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    for (let n = times[i]!; n > 0; n--) drawn[count++] = rows[i]!;
  }
  return drawn;
}
