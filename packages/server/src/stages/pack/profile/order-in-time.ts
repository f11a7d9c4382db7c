/** So many rows, evenly over the table, show whether a column goes with time. */
const ROWS = 1000;
/** Fewer rows show nothing. */
const LEAST_ROWS = 30;
/** Of a value that occurs less often, when it occurs says nothing of the column. */
const LEAST_OF_VALUE = 5;

export function sampledRows(rows: number): Int32Array {
  const count = Math.min(ROWS, rows);
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}

/**
 * How far `values` go with `times`, from -1 (later is always less) to 1 (later is never less): Goodman and Kruskal's gamma,
 * pairs in order less pairs out of order, over pairs that differ in both (Goodman and Kruskal 1954). 0 where too few differ.
 */
export function orderInTime(values: ArrayLike<number>, times: ArrayLike<number>): number {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i]!) && !Number.isNaN(times[i]!)) places.push(i);
  }
  if (places.length < LEAST_ROWS) return 0;
  let [agree, differ] = [0, 0];
  for (let a = 1; a < places.length; a++) {
    for (let b = 0; b < a; b++) {
      const sign =
        Math.sign(values[places[a]!]! - values[places[b]!]!) *
        Math.sign(times[places[a]!]! - times[places[b]!]!);
      agree += sign;
      differ += Math.abs(sign);
    }
  }
  return differ === 0 ? 0 : agree / differ;
}

/** The same of categories in the order of their mean times: 1 where each is followed by the next and never returns. */
export function blocksInTime(codes: ArrayLike<number>, times: ArrayLike<number>): number {
  const sums = new Map<number, { sum: number; count: number }>();
  let present = 0;
  for (let i = 0; i < codes.length; i++) {
    if (Number.isNaN(codes[i]!) || Number.isNaN(times[i]!)) continue;
    present++;
    const seen = sums.get(codes[i]!) ?? { sum: 0, count: 0 };
    sums.set(codes[i]!, { sum: seen.sum + times[i]!, count: seen.count + 1 });
  }
  const frequent = [...sums].filter(([, { count }]) => count >= LEAST_OF_VALUE);
  const covered = frequent.reduce((sum, [, { count }]) => sum + count, 0);
  if (frequent.length < 3 || covered < 0.8 * present) return 0;
  const rank = new Map(frequent.map(([code, { sum, count }]) => [code, sum / count]));
  return orderInTime(
    Array.from(codes, (code) => rank.get(code) ?? Number.NaN),
    times,
  );
}
