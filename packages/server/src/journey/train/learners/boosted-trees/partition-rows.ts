/**
 * The other hot kernel: reorders rows[begin … end) so that those whose bin goes left come first, each side keeping its
 * order, and returns where the right side begins. `goesLeft` has an entry for each bin; `scratch` is as long as `rows`.
 */
export function partitionRows(
  rows: Int32Array,
  begin: number,
  end: number,
  bins: Uint8Array,
  goesLeft: Uint8Array,
  scratch: Int32Array,
): number {
  let left = begin;
  let right = 0;
  for (let i = begin; i < end; i++) {
    const row = rows[i]!;
    const isLeft = goesLeft[bins[row]!]!;
    // Both writes always happen: a branch here would be mispredicted half of the time.
    rows[left] = row;
    scratch[right] = row;
    left += isLeft;
    right += 1 - isLeft;
  }
  for (let i = 0; i < right; i++) rows[left + i] = scratch[i]!;
  return left;
}
