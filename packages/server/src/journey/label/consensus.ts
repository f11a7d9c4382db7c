import type { LabelQueue, LabelTask, RowValue, Submission } from './model.ts';

/** A row of the dataset version with the answer people agreed on. */
export type LabelledRow = { row: number; values: Record<string, RowValue>; votes: number; of: number };

/**
 * The rows that have all the answers asked for and an answer of more than half of them, target filled in: what is
 * appended to the dataset as its next version. Rows without a majority are left to a reviewer (`undecided`).
 */
export function labelledRows(
  queue: LabelQueue,
  tasks: readonly LabelTask[],
  submissions: readonly Submission[],
): { rows: LabelledRow[]; undecided: LabelTask[] } {
  const answers = new Map<string, string[]>();
  for (const { taskId, value } of submissions) {
    if (value !== null) answers.set(taskId, [...(answers.get(taskId) ?? []), value]);
  }
  const found = { rows: [] as LabelledRow[], undecided: [] as LabelTask[] };
  for (const task of tasks) {
    const given = answers.get(task.id) ?? [];
    if (given.length < queue.overlap) continue;
    const best = majority(given);
    if (best === undefined) found.undecided.push(task);
    else found.rows.push(rowOf(queue, task, best, given));
  }
  return found;
}

function rowOf(queue: LabelQueue, task: LabelTask, answer: string, given: readonly string[]): LabelledRow {
  const value = queue.choices === null ? Number(answer) : answer;
  const votes = given.filter((one) => one === answer).length;
  return { row: task.row, values: { ...task.values, [queue.target]: value }, votes, of: given.length };
}

/** The answer of more than half; undefined when there is none. */
function majority(answers: readonly string[]): string | undefined {
  return answers.find((answer) => answers.filter((one) => one === answer).length * 2 > answers.length);
}
