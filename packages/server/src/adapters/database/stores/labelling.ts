import { fail } from '@slipway/contract';
import { and, asc, desc, eq, gt, sql as statement } from 'drizzle-orm';
import type { LabellingStore } from '../../../metadata/index.ts';
import type { LabelTask, Review, Submission } from '../../../stages/label/index.ts';
import { labelLeases, labelQueues, labelReviews, labelSubmissions, labelTasks } from '../schema/index.ts';
import { iso, rowsOf, type Session } from '../session.ts';
import { leaseTask, takeBackLast, takeSubmission } from './label-leases.ts';
import { openQueue, queueOf, taskOf } from './label-rows.ts';

export function labellingStore({ sql }: Session): LabellingStore {
  const store: LabellingStore = {
    open: (queue, tasks) => sql.transaction((tx) => openQueue(tx, queue, tasks)),
    async find(id) {
      const [row] = await sql.select().from(labelQueues).where(eq(labelQueues.id, id));
      return row && queueOf(row);
    },
    async queue(id) {
      const found = await store.find(id);
      if (!found) throw fail('label.queue-missing', { id });
      return found;
    },
    async queues() {
      return (await sql.select().from(labelQueues).orderBy(desc(labelQueues.sequence))).map(queueOf);
    },
    lease: (queueId, person, now, leasedUntil) =>
      sql.transaction((tx) => leaseTask(tx, { queueId, person, now, leasedUntil })),
    submit: (submission, now) => sql.transaction((tx) => takeSubmission(tx, submission, now)),
    takeBack: (queueId, person, now, leasedUntil) =>
      sql.transaction((tx) => takeBackLast(tx, { queueId, person, now, leasedUntil })),
    async submissions(queueId) {
      await store.queue(queueId);
      const rows = await sql
        .select()
        .from(labelSubmissions)
        .where(eq(labelSubmissions.queueId, queueId))
        .orderBy(asc(labelSubmissions.sequence));
      return rows.map(({ sequence: _, ...row }): Submission => ({ ...row, at: iso(row.at) }));
    },
    async review({ taskId, queueId, ...given }) {
      await store.queue(queueId);
      const [task] = await sql
        .select({ id: labelTasks.id })
        .from(labelTasks)
        .where(and(eq(labelTasks.id, taskId), eq(labelTasks.queueId, queueId)));
      if (!task) throw fail('label.task-missing', { id: taskId, queue: queueId });
      const decision = { ...given, at: new Date(given.at) };
      await sql
        .insert(labelReviews)
        .values({ taskId, queueId, ...decision })
        .onConflictDoUpdate({ target: labelReviews.taskId, set: decision });
    },
    async reviews(queueId) {
      await store.queue(queueId);
      const rows = await sql
        .select({ review: labelReviews })
        .from(labelReviews)
        .innerJoin(labelTasks, eq(labelTasks.id, labelReviews.taskId))
        .where(eq(labelReviews.queueId, queueId))
        .orderBy(asc(labelTasks.row));
      return rows.map(({ review }): Review => ({ ...review, at: iso(review.at) }));
    },
    async tasks(queueId): Promise<LabelTask[]> {
      await store.queue(queueId);
      const rows = await sql
        .select()
        .from(labelTasks)
        .where(eq(labelTasks.queueId, queueId))
        .orderBy(desc(labelTasks.priority), asc(labelTasks.row));
      return rows.map(taskOf);
    },
    async progress(queueId, now) {
      await store.queue(queueId);
      const live = and(eq(labelLeases.queueId, queueId), gt(labelLeases.endsAt, new Date(now)));
      const [row] = await rowsOf<Record<'tasks' | 'done' | 'leased' | 'answers' | 'skips', number>>(
        sql,
        statement`select
          (select count(*)::int from ${labelTasks} where queue_id = ${queueId}) as tasks,
          (select count(*)::int from ${labelTasks} where queue_id = ${queueId} and wanted = 0) as done,
          (select count(distinct ${labelLeases.taskId})::int from ${labelLeases} where ${live}) as leased,
          (select count(value)::int from ${labelSubmissions} where queue_id = ${queueId}) as answers,
          (select (count(*) - count(value))::int from ${labelSubmissions} where queue_id = ${queueId}) as skips`,
      );
      return row!;
    },
    close(id) {
      return sql.transaction(async (tx) => {
        const [row] = await tx
          .update(labelQueues)
          .set({ state: 'closed' })
          .where(eq(labelQueues.id, id))
          .returning();
        if (!row) throw fail('label.queue-missing', { id });
        await tx.delete(labelLeases).where(eq(labelLeases.queueId, id));
        return queueOf(row);
      });
    },
    async setApplied(id, applied) {
      const [row] = await sql.update(labelQueues).set({ applied }).where(eq(labelQueues.id, id)).returning();
      if (!row) throw fail('label.queue-missing', { id });
      return queueOf(row);
    },
  };
  return store;
}
