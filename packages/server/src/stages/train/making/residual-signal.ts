/** What the cells of some division of the rows tell of what a model missed. */
export type Signal = {
  /** Share of the squared residuals that their means by cell explain, beyond what chance would. */
  share: number;
  /** The same in standard deviations of what chance would explain. */
  sigmas: number;
};

/**
 * How much of the residuals (by output) is explained by which cell a row is in: the sum of squares between the cells, less
 * what it would be if the residuals were dealt out at random. Rows of a cell are those with the same number, 0 … size - 1.
 */
export function residualSignal(cells: Int32Array, size: number, residuals: readonly Float64Array[]): Signal {
  const counts = new Float64Array(size);
  for (const cell of cells) counts[cell]! += 1;
  const used = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  let [beyond, total, deviation] = [0, 0, 0];
  for (const residual of residuals) {
    const sums = new Float64Array(size);
    let squares = 0;
    for (let row = 0; row < cells.length; row++) {
      sums[cells[row]!]! += residual[row]!;
      squares += residual[row]! * residual[row]!;
    }
    const variance = squares / cells.length;
    const between = sums.reduce((all, sum, cell) => all + (sum === 0 ? 0 : (sum * sum) / counts[cell]!), 0);
    beyond += between - used * variance;
    total += squares;
    deviation += 2 * used * variance * variance;
  }
  if (!(total > 0)) return { share: 0, sigmas: 0 };
  return { share: beyond / total, sigmas: beyond / Math.sqrt(deviation) };
}

/** Cells of a number: as many as `most` of about equal size, one more for missing values. */
export function cellsOfNumbers(values: Float64Array, most: number): { cells: Int32Array; size: number } {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const binEdges = [
    ...new Set(
      Array.from({ length: most - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / most)]!),
    ),
  ].filter((edge) => edge !== undefined);
  const cells = new Int32Array(values.length);
  for (let row = 0; row < cells.length; row++) cells[row] = cellOf(values[row]!, binEdges, most);
  return { cells, size: most + 1 };
}

/** Number of borders at or below the value. */
function cellOf(value: number, binEdges: readonly number[], missing: number): number {
  if (Number.isNaN(value)) return missing;
  let [low, high] = [0, binEdges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (binEdges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
