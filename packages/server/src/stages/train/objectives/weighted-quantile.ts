/** The value below which `alpha` of the rows' weight lies: the lowest for which that is so, halfway to the next when exact. */
export function weightedQuantile(
  rows: Int32Array,
  valueOfRow: (row: number) => number,
  weights: Float64Array | undefined,
  alpha: number,
): number {
  if (rows.length === 0) return 0;
  if (!weights) return plainQuantile(Float64Array.from(rows, valueOfRow).sort(), alpha);
  const order = Array.from(rows, (row) => ({ value: valueOfRow(row), weight: weights[row]! })).sort(
    (a, b) => a.value - b.value,
  );
  const wanted = alpha * order.reduce((sum, { weight }) => sum + weight, 0);
  let below = 0;
  for (let i = 0; i < order.length; i++) {
    below += order[i]!.weight;
    if (below > wanted) return order[i]!.value;
    if (below === wanted && i + 1 < order.length) return (order[i]!.value + order[i + 1]!.value) / 2;
  }
  return order.at(-1)!.value;
}

function plainQuantile(sorted: Float64Array, alpha: number): number {
  const at = alpha * sorted.length;
  const i = Math.min(sorted.length - 1, Math.floor(at));
  const exact = at === i && i > 0;
  return exact ? (sorted[i - 1]! + sorted[i]!) / 2 : sorted[i]!;
}
