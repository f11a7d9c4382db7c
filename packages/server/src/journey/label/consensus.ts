import type { LabelQueue, LabelTask, Submission } from './model.ts';

/** A row of the dataset version with the answer people agreed on. */
export type AgreedLabel = { row: number; label: string; votes: number; of: number };

export type Consensus = {
  /** By row. */
  agreed: AgreedLabel[];
  /** Tasks that have all their answers and no majority among them, by row. */
  undecided: { row: number; answers: string[] }[];
};

/**
 * What people agreed on, of the rows that have all the answers asked for: the answer of more than half of them, and of
 * numbers their median (which does not need two people to say the same digits). Rows without a majority are left as they
 * are, for a reviewer.
 */
export function consensusOf(
  { choices, overlap }: Pick<LabelQueue, 'choices' | 'overlap'>,
  tasks: readonly LabelTask[],
  submissions: readonly Submission[],
): Consensus {
  const answers = new Map<string, string[]>();
  for (const { taskId, value } of submissions) {
    if (value !== null) answers.set(taskId, [...(answers.get(taskId) ?? []), value]);
  }
  const found: Consensus = { agreed: [], undecided: [] };
  for (const { id, row } of tasks.toSorted((a, b) => a.row - b.row)) {
    const given = answers.get(id) ?? [];
    if (given.length < overlap) continue;
    const label = choices === null ? median(given) : majority(given);
    if (label === undefined) found.undecided.push({ row, answers: given });
    else
      found.agreed.push({ row, label, votes: given.filter((one) => one === label).length, of: given.length });
  }
  return found;
}

/** The answer of more than half; undefined when there is none. */
function majority(answers: readonly string[]): string | undefined {
  return answers.find((answer) => answers.filter((one) => one === answer).length * 2 > answers.length);
}

function median(answers: readonly string[]): string {
  const sorted = answers.map(Number).sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return String((sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2);
}
