/**
 * Agreement of any number of people, who need not all answer everything: 1 - observed / expected disagreement, for
 * answers without an order (Krippendorff 2004, nominal). Tasks with a single answer tell nothing. NaN when no task has
 * two answers, or all answers are the same.
 *
 * @param tasks the answers to each task
 */
export function krippendorffAlpha(tasks: readonly (readonly string[])[]): number {
  const paired = tasks.filter((answers) => answers.length > 1);
  const totals = new Map<string, number>();
  let disagreement = 0;
  for (const answers of paired) {
    const counts = new Map<string, number>();
    for (const answer of answers) {
      counts.set(answer, (counts.get(answer) ?? 0) + 1);
      totals.set(answer, (totals.get(answer) ?? 0) + 1);
    }
    const equalPairs = sumOf(counts, (count) => count * (count - 1));
    disagreement += (answers.length * (answers.length - 1) - equalPairs) / (answers.length - 1);
  }
  const values = sumOf(totals, (count) => count);
  const expected = (values * (values - 1) - sumOf(totals, (count) => count * (count - 1))) / (values - 1);
  return 1 - disagreement / expected;
}

function sumOf(counts: ReadonlyMap<string, number>, term: (count: number) => number): number {
  return [...counts.values()].reduce((sum, count) => sum + term(count), 0);
}
