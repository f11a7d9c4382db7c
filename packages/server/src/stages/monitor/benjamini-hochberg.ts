/**
 * Which of the p-values are significant when the share of false discoveries among them shall stay below `alpha`:
 * all up to the largest p(k) ≤ k/K · alpha (Benjamini and Hochberg 1995; holds for positively dependent tests).
 */
export function benjaminiHochberg(pValues: readonly number[], alpha: number): boolean[] {
  const sorted = [...pValues].sort((a, b) => a - b);
  let cut = -1;
  sorted.forEach((p, k) => {
    if (p <= ((k + 1) / sorted.length) * alpha) cut = p;
  });
  return pValues.map((p) => p <= cut);
}
