/**
 * Cuts sorted values, rising or falling, into at most `bins` bins of about equal numbers of rows, so that equal values are in one bin: a run of equal
 * values goes to the bin in which its middle lies. Which rows share a bin then depends on their values alone, never on the order
 * in which the rows came. A bin that no run falls into is left out.
 *
 * @param sorted values without NaN
 * @returns where each bin begins and ends (exclusive) in `sorted`
 */
export function equalMassBins(sorted: Float64Array, bins: number): { from: number; to: number }[] {
  const rows = sorted.length;
  const found: { bin: number; from: number; to: number }[] = [];
  for (let from = 0, to = 0; from < rows; from = to) {
    for (to = from; to < rows && sorted[to] === sorted[from]; ) to++;
    const bin = binOf((from + to - 1) >> 1, rows, bins);
    const last = found.at(-1);
    if (last?.bin === bin) last.to = to;
    else found.push({ bin, from, to });
  }
  return found.map(({ from, to }) => ({ from, to }));
}

/** The bin `b` with `floor(b * rows / bins) <= place < floor((b + 1) * rows / bins)`. */
function binOf(place: number, rows: number, bins: number): number {
  const guess = Math.min(bins - 1, Math.floor((place * bins) / rows));
  return Math.floor(((guess + 1) * rows) / bins) <= place ? guess + 1 : guess;
}
