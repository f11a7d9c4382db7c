/** Chance agreement is ruled out when fewer than one table in so many would show it in any of its columns. */
const ONE_TABLE_IN = 1000;

/** Whether what had this chance in one try (its natural logarithm) is no accident of so many tries. */
export function isBeyondChance(logChance: number, tries: number): boolean {
  return logChance + Math.log(Math.max(1, tries)) < -Math.log(ONE_TABLE_IN);
}

export type Overlap = {
  rows: number;
  /** Rows of the class, rows that the column marks, and rows that are both. */
  inClass: number;
  marked: number;
  both: number;
};

/**
 * Natural logarithm of (a bound on) the chance that as many or more of the marked rows were of the class, had the marks been
 * dealt out at random: the upper tail of the hypergeometric distribution, as its number of terms times the largest.
 */
export function logChanceOfOverlap({ rows, inClass, marked, both }: Overlap): number {
  if (both * rows <= inClass * marked) return 0;
  const terms = Math.min(inClass, marked) - both + 1;
  const largest =
    logChoose(inClass, both) + logChoose(rows - inClass, marked - both) - logChoose(rows, marked);
  return Math.min(0, Math.log(terms) + largest);
}

/** Natural logarithm of the chance of one order of values, given how often each occurs: one of n! / (a! b! …). */
export function logChanceOfOrder(counts: Iterable<number>): number {
  let rows = 0;
  let log = 0;
  for (const count of counts) {
    rows += count;
    log += logFactorial(count);
  }
  return log - logFactorial(rows);
}

function logChoose(n: number, k: number): number {
  return k < 0 || k > n ? Number.NEGATIVE_INFINITY : logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}

/** Stirling's series from 20 on, where three terms give ten digits. */
function logFactorial(n: number): number {
  if (n < 20) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
