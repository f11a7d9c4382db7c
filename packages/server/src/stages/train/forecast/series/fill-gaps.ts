/**
 * Fills missing steps (NaN) in place and marks what is made up: by zero where nothing recorded means nothing happened, else by the
 * mean of the same phase one season before and after, else on the straight line between the neighbours. Gives how many.
 */
export function fillGaps(
  values: Float64Array,
  filled: Uint8Array,
  options: { season: number; zero: boolean },
): number {
  const missing = values.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  if (missing === 0) return 0;
  const known = values.slice();
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(known[i]!)) continue;
    if (!options.zero) filled[i] = 1;
    values[i] = options.zero ? 0 : (bySeason(known, i, options.season) ?? onLine(known, i));
  }
  return missing;
}

function bySeason(known: Float64Array, i: number, season: number): number | undefined {
  if (season < 2) return undefined;
  const near = [known[i - season], known[i + season]].filter(
    (value): value is number => value !== undefined && !Number.isNaN(value),
  );
  return near.length < 2 ? undefined : (near[0]! + near[1]!) / 2;
}

/** First and last values are never missing, so both neighbours exist. */
function onLine(known: Float64Array, i: number): number {
  let [before, after] = [i - 1, i + 1];
  while (Number.isNaN(known[before]!)) before--;
  while (Number.isNaN(known[after]!)) after++;
  const share = (i - before) / (after - before);
  return known[before]! + share * (known[after]! - known[before]!);
}
