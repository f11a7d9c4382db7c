/** The fewest significant digits, 6 at least, by which all different numbers are written differently. */
export function distinctDigits(values: readonly number[]): number {
  const distinct = new Set(values).size;
  const areDistinct = (digits: number) =>
    new Set(values.map((value) => value.toPrecision(digits))).size === distinct;
  return [6, 9, 12, 15].find(areDistinct) ?? 17;
}
