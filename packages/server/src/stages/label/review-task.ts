import { isoTime } from '../../kernel/index.ts';
import { consensusOf, type RowToReview, submissionsByTask } from './consensus.ts';
import type { Review, RowValue } from './model.ts';
import type { LabelPorts } from './ports.ts';
import { acceptedLabel } from './submit-label.ts';

/**
 * Takes a reviewer's decision on a task, in place of what people answered and of an earlier decision; null leaves the row
 * without a label. Throws `label.queue-missing`, `label.task-missing`, and `labels.wrong-type` for a value that is no answer.
 */
export async function reviewTask(
  { value, ...decision }: Omit<Review, 'value' | 'at'> & { value: RowValue },
  { store, clock }: LabelPorts,
): Promise<void> {
  const queue = await store.queue(decision.queueId);
  const label = value === null ? null : acceptedLabel(queue, value);
  await store.review({ ...decision, value: label, at: isoTime(clock.now()) });
}

/** A row that waits for a reviewer, with what people see of it and who answered what. */
export type TaskToReview = RowToReview & {
  values: Readonly<Record<string, RowValue>>;
  people: { name: string; value: string | null; reason: string | null }[];
};

/** Rows whose answers decide nothing, by row. Throws `label.queue-missing`. */
export async function tasksToReview(
  queueId: string,
  { store }: Pick<LabelPorts, 'store'>,
): Promise<TaskToReview[]> {
  const queue = await store.queue(queueId);
  const tasks = await store.tasks(queueId);
  const submissions = await store.submissions(queueId);
  const { undecided } = consensusOf({ queue, tasks, submissions, reviews: await store.reviews(queueId) });
  const shown = new Map(tasks.map(({ id, values }) => [id, values]));
  const given = submissionsByTask(submissions);
  return undecided.map((one) => ({
    ...one,
    values: shown.get(one.taskId)!,
    people: (given.get(one.taskId) ?? []).map(({ personName, value, reason }) => ({
      name: personName,
      value,
      reason,
    })),
  }));
}
