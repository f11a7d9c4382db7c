/** How far apart two answers are, from 0; see {@link krippendorffAlpha}. */
export type Difference = 'nominal' | 'interval';

/**
 * Agreement of any number of people, who need not all answer everything: 1 - observed / expected disagreement
 * (Krippendorff 2004), for answers without an order (nominal) or for numbers (interval: the squared difference). Tasks
 * with a single answer tell nothing. NaN when no task has two answers, or all answers are the same.
 *
 * @param tasks the answers to each task
 */
export function krippendorffAlpha(
  tasks: readonly (readonly string[])[],
  difference: Difference = 'nominal',
): number {
  const paired = tasks.filter((answers) => answers.length > 1);
  const between = PAIRS[difference];
  let disagreement = 0;
  for (const answers of paired) disagreement += between(answers) / (answers.length - 1);
  const all = paired.flat();
  return 1 - disagreement / (between(all) / (all.length - 1));
}

/** The sum of the differences of all ordered pairs, in one pass over the answers. */
const PAIRS: Record<Difference, (answers: readonly string[]) => number> = {
  nominal(answers) {
    const counts = new Map<string, number>();
    for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
    const equal = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
    return answers.length * (answers.length - 1) - equal;
  },
  interval(answers) {
    const numbers = answers.map(Number);
    const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    return 2 * numbers.length * numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  },
};
