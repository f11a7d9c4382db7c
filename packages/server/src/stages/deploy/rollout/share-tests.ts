/** Of so many requests (`of`) so many had what is looked for (`had`). */
export type Share = { had: number; of: number };

/**
 * Probability of seeing at least as many in `version` by chance, if its true share were that of `former`: Fisher's exact
 * test, one-sided (R. A. Fisher, On the interpretation of χ² from contingency tables, 1922). It holds for any counts, also
 * small ones. 1 where the version's share is not the larger one.
 */
export function fisherExact(version: Share, former: Share): number {
  const { had, of } = version;
  if (of === 0 || former.of === 0 || had * former.of <= former.had * of) return 1;
  const inAll = had + former.had;
  const base = logChoose(of + former.of, inAll);
  return upperTail(
    had,
    Math.min(inAll, of),
    (k) => logChoose(of, k) + logChoose(former.of, inAll - k) - base,
  );
}

/** Probability of at least `had` of `of` by chance, if each had it with probability `share`: the exact binomial test. */
export function binomialTail({ had, of }: Share, share: number): number {
  if (had <= of * share) return 1;
  if (share <= 0) return 0;
  const [log, logNot] = [Math.log(share), Math.log1p(-share)];
  return upperTail(had, of, (k) => logChoose(of, k) + k * log + (of - k) * logNot);
}

/** Sums exp(logProbability) from `from` to `to`, which lie beyond the mode, where terms only fall. */
function upperTail(from: number, to: number, logProbability: (k: number) => number): number {
  let sum = 0;
  for (let k = from; k <= to; k++) {
    const term = Math.exp(logProbability(k));
    sum += term;
    if (term < sum * 1e-12) break;
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

const EXACT = [0];
for (let n = 1; n < 256; n++) EXACT.push(EXACT[n - 1]! + Math.log(n));

/** Stirling's series, whose next term is below 1e-12 from 256 on. */
function logFactorial(n: number): number {
  const exact = EXACT[n];
  if (exact !== undefined) return exact;
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3);
}

const Z_95 = 1.959963984540054;

/** The 95 % interval of a share, which holds for few and for extreme counts (E. B. Wilson, Probable inference, 1927). */
export function wilsonInterval({ had, of }: Share): { low: number; high: number } {
  const share = had / of;
  const square = Z_95 ** 2;
  const middle = (share + square / (2 * of)) / (1 + square / of);
  const half = (Z_95 / (1 + square / of)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of * of));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
