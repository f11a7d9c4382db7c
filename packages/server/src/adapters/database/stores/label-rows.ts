import { fail } from '@slipway/contract';
import type { LabelQueue, LabelTask } from '../../../stages/label/index.ts';
import { labelQueues, labelTasks } from '../schema/index.ts';
import { iso, type Sql } from '../session.ts';

/** PostgreSQL takes 65,535 parameters in a statement. */
const ROWS_IN_A_STATEMENT = 1000;

export async function openQueue(tx: Sql, queue: LabelQueue, tasks: readonly LabelTask[]): Promise<void> {
  const [opened] = await tx
    .insert(labelQueues)
    .values({ ...queue, createdAt: new Date(queue.createdAt) })
    .onConflictDoNothing()
    .returning({ id: labelQueues.id });
  if (!opened) throw fail('label.queue-exists', { id: queue.id }, { path: 'name' });
  const rows = tasks.map((task) => ({ ...task, wanted: queue.overlap }));
  for (let i = 0; i < rows.length; i += ROWS_IN_A_STATEMENT)
    await tx.insert(labelTasks).values(rows.slice(i, i + ROWS_IN_A_STATEMENT));
}

export function queueOf({ sequence: _, ...row }: typeof labelQueues.$inferSelect): LabelQueue {
  return {
    ...row,
    choices: row.choices as LabelQueue['choices'],
    reading: row.reading as LabelQueue['reading'],
    orderedBy: row.orderedBy as LabelQueue['orderedBy'],
    applied: row.applied as LabelQueue['applied'],
    createdAt: iso(row.createdAt),
  };
}

export function taskOf({ wanted: _, ...row }: typeof labelTasks.$inferSelect): LabelTask {
  return { ...row, values: row.values as LabelTask['values'] };
}
