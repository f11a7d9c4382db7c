/** Two-sided normal quantiles of 0.05 / 2^k, by k. */
const Z_BY_DOUBLING = [
  1.959963984540054, 2.241402727604945, 2.497705474412373, 2.734368786533181, 2.955166847497838,
  3.162817965621286, 3.35935371793431, 3.546337887363598, 3.72500351562068, 3.896342532608328,
  4.061166532064433, 4.220149256827845, 4.373857080753245,
];

/**
 * How many standard errors an interval reaches so that `comparisons` of them hold together in 95 % (Bonferroni). The number of
 * comparisons is rounded up to a power of two, which makes intervals a little wider.
 */
export function bonferroniZ(comparisons: number): number {
  return Z_BY_DOUBLING[Math.ceil(Math.log2(Math.max(1, comparisons)))] ?? 4.5;
}
