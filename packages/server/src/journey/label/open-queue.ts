import { fail } from '@slipway/contract';
import { columnNamed, type Table } from '../ingest/index.ts';
import type { LabelQueue, LabelTask } from './model.ts';
import type { LabelPorts } from './ports.ts';
import { isMissing, rowValues } from './table-values.ts';
import { uncertaintyOf } from './uncertainty.ts';

export type QueueRequest = Omit<LabelQueue, 'id'> & {
  table: Table;
  /** A model's class probabilities of every row of the table, row-major; the rows it is least sure of come first. */
  probabilities?: { outputs: number; values: Float64Array };
};

/** What a person is asked of a queue unless told: one answer each, ten minutes to give it. */
export const QUEUE_DEFAULTS = { overlap: 1, leaseSeconds: 600 } as const;

/**
 * Makes a queue of the rows whose target is missing: in their order, or least sure first when a model's probabilities
 * are given. Throws `target.missing`, and `label.nothing-to-do` when every row has its target.
 */
export async function openQueue(request: QueueRequest, { store, newId }: LabelPorts): Promise<LabelQueue> {
  const { table, probabilities, ...facts } = request;
  const target = columnNamed(table, request.target);
  if (target === undefined) {
    const columns = table.columns.map(({ name }) => name);
    throw fail('target.missing', { target: request.target, dataset: request.dataset, columns });
  }
  const queue: LabelQueue = { id: newId('lbq'), ...facts };
  const tasks: LabelTask[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (!isMissing(target, row)) continue;
    const values = rowValues(table, row, request.target);
    const priority = priorityOf(probabilities, row);
    tasks.push({ id: newId('lbt'), queueId: queue.id, row, values, priority });
  }
  if (tasks.length === 0) throw fail('label.nothing-to-do', { target: request.target });
  await store.open(queue, tasks);
  return queue;
}

function priorityOf(probabilities: QueueRequest['probabilities'], row: number): number {
  if (probabilities === undefined) return 0;
  const { outputs, values } = probabilities;
  if (outputs === 1) return uncertaintyOf([values[row]!, 1 - values[row]!]);
  return uncertaintyOf(values.subarray(row * outputs, (row + 1) * outputs));
}
