/**
 * Writes the bin of each value: that of the first threshold not below it; a missing value's is `missing`. There are 256
 * thresholds, those not needed infinite. Eight steps without a branch: values come in any order.
 */
export function assignBins(
  values: usize,
  count: usize,
  thresholds: usize,
  missing: u32,
  cells: usize,
  step: usize,
): void {
  const last = values + (count << 2);
  for (; values < last; values += 4, cells += step) {
    const x = load<f32>(values);
    let at: usize = 0;
    at += (<usize>(load<f32>(thresholds + (at << 2), 127 << 2) < x)) << 7;
    at += (<usize>(load<f32>(thresholds + (at << 2), 63 << 2) < x)) << 6;
    at += (<usize>(load<f32>(thresholds + (at << 2), 31 << 2) < x)) << 5;
    at += (<usize>(load<f32>(thresholds + (at << 2), 15 << 2) < x)) << 4;
    at += (<usize>(load<f32>(thresholds + (at << 2), 7 << 2) < x)) << 3;
    at += (<usize>(load<f32>(thresholds + (at << 2), 3 << 2) < x)) << 2;
    at += (<usize>(load<f32>(thresholds + (at << 2), 1 << 2) < x)) << 1;
    at += <usize>(load<f32>(thresholds + (at << 2)) < x);
    store<u8>(cells, <u8>select<u32>(missing, <u32>at, ne<f32>(x, x)));
  }
}
