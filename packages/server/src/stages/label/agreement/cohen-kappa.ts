/**
 * Agreement of two people beyond chance: (observed - expected) / (1 - expected), the expected from how often each of
 * them gives each answer (Cohen 1960). NaN without answers, or when both always give the same one.
 */
export function cohenKappa(pairs: readonly (readonly [string, string])[]): number {
  const [first, second] = [new Map<string, number>(), new Map<string, number>()];
  let equal = 0;
  for (const [a, b] of pairs) {
    if (a === b) equal++;
    first.set(a, (first.get(a) ?? 0) + 1);
    second.set(b, (second.get(b) ?? 0) + 1);
  }
  const observed = equal / pairs.length;
  const both = [...first].reduce((sum, [answer, count]) => sum + count * (second.get(answer) ?? 0), 0);
  const expected = both / pairs.length ** 2;
  return (observed - expected) / (1 - expected);
}
