/** Rows at least in a bin, LightGBM's `min_data_in_bin`. */
const MIN_ROWS_IN_BIN = 3;

const LARGEST = 3.4028234663852886e38;

/**
 * Borders between bins of roughly equal mass, for sorted values without NaN. A value as frequent as a mean bin has a
 * bin of its own and the others share what is left: LightGBM's greedy rule (`GreedyFindBin`).
 */
export function binEdgesOf(sorted: Float32Array, maxBins: number): Float32Array {
  const { values, counts } = distinct(sorted);
  const bins = Math.max(1, Math.min(maxBins, Math.floor(sorted.length / MIN_ROWS_IN_BIN)));
  const ends = values.length <= bins ? everyValue(counts) : equalMass(counts, sorted.length, bins);
  const binEdges: number[] = [];
  for (const end of ends) {
    const edge = borderBetween(values[end]!, values[end + 1]!);
    if (edge !== undefined) binEdges.push(edge);
  }
  return Float32Array.from(binEdges);
}

/**
 * A float32 `m` with `a <= m < b`, near the middle: `x <= m` then parts the two in float32 as in float64. None when
 * only an infinity could be it.
 */
export function borderBetween(a: number, b: number): number | undefined {
  const middle = Math.fround(a + (b - a) / 2);
  const edge = middle >= a && middle < b ? middle : a;
  if (edge >= -LARGEST) return edge;
  return b > -LARGEST ? -LARGEST : undefined;
}

type Distinct = { values: Float32Array; counts: Int32Array };

function distinct(sorted: Float32Array): Distinct {
  const values = new Float32Array(sorted.length);
  const counts = new Int32Array(sorted.length);
  let last = -1;
  for (let i = 0; i < sorted.length; i++) {
    const x = sorted[i]!;
    if (last < 0 || values[last] !== x) values[++last] = x;
    counts[last]!++;
  }
  return { values: values.subarray(0, last + 1), counts: counts.subarray(0, last + 1) };
}

/** Ends of bins, one value a bin, neighbours joined until a bin has enough rows. */
function everyValue(counts: Int32Array): number[] {
  const ends: number[] = [];
  let filled = 0;
  for (let i = 0; i + 1 < counts.length; i++) {
    filled += counts[i]!;
    if (filled < MIN_ROWS_IN_BIN) continue;
    ends.push(i);
    filled = 0;
  }
  return ends;
}

function equalMass(counts: Int32Array, rows: number, bins: number): number[] {
  const mean = rows / bins;
  let rowsLeft = rows;
  let binsLeft = bins;
  for (let i = 0; i < counts.length; i++) {
    if (counts[i]! < mean) continue;
    rowsLeft -= counts[i]!;
    binsLeft--;
  }
  let size = rowsLeft / Math.max(1, binsLeft);
  const ends: number[] = [];
  let filled = 0;
  for (let i = 0; i + 1 < counts.length && ends.length < bins - 1; i++) {
    const frequent = counts[i]! >= mean;
    filled += counts[i]!;
    if (!frequent) rowsLeft -= counts[i]!;
    const closes = frequent || filled >= size || (counts[i + 1]! >= mean && filled >= Math.max(1, size / 2));
    if (!closes) continue;
    ends.push(i);
    filled = 0;
    if (frequent) continue;
    binsLeft--;
    size = rowsLeft / Math.max(1, binsLeft);
  }
  return ends;
}
