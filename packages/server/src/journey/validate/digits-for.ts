/** Significant digits by which all edges differ, 6 at least. */
export function digitsFor(edges: readonly number[]): number {
  const areDistinct = (digits: number) =>
    new Set(edges.map((edge) => edge.toPrecision(digits))).size === new Set(edges).size;
  return [6, 9, 12, 15].find(areDistinct) ?? 17;
}
