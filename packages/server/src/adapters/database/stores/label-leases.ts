import { fail } from '@slipway/contract';
import { and, asc, desc, eq, gt, notExists, sql as statement } from 'drizzle-orm';
import type { LabelTask, LeasedTask, Submission } from '../../../stages/label/index.ts';
import { labelLeases, labelQueues, labelSubmissions, labelTasks } from '../schema/index.ts';
import type { Sql } from '../session.ts';
import { taskOf } from './label-rows.ts';

type Ask = { queueId: string; person: string; now: number; leasedUntil: number };

export async function leaseTask(tx: Sql, ask: Ask): Promise<LeasedTask | undefined> {
  await holdQueue(tx, ask.queueId);
  const task = (await heldTask(tx, ask)) ?? (await freeTask(tx, ask));
  return task && handOut(tx, ask, task);
}

export async function takeSubmission(tx: Sql, submission: Submission, now: number): Promise<void> {
  const { queueId, taskId, person, value } = submission;
  await holdQueue(tx, queueId);
  const [given] = await tx
    .select()
    .from(labelSubmissions)
    .where(and(eq(labelSubmissions.taskId, taskId), eq(labelSubmissions.person, person)));
  if (given && given.queueId === queueId && given.value === value) return;
  const [held] = await tx
    .delete(labelLeases)
    .where(and(ownLease(submission, now), eq(labelLeases.taskId, taskId)))
    .returning();
  if (given || !held) throw fail('label.lease-lost', { id: taskId });
  await tx.insert(labelSubmissions).values({ ...submission, at: new Date(submission.at) });
  if (value !== null) await changeWanted(tx, taskId, -1);
}

export async function takeBackLast(tx: Sql, ask: Ask): Promise<LeasedTask | undefined> {
  await holdQueue(tx, ask.queueId);
  const [last] = await tx
    .select()
    .from(labelSubmissions)
    .where(and(eq(labelSubmissions.queueId, ask.queueId), eq(labelSubmissions.person, ask.person)))
    .orderBy(desc(labelSubmissions.sequence))
    .limit(1);
  if (!last) return undefined;
  if (last.value === null) {
    const [room] = await tx
      .select()
      .from(labelTasks)
      .where(and(eq(labelTasks.id, last.taskId), isFree(ask.now)));
    if (!room) return undefined;
  } else await changeWanted(tx, last.taskId, 1);
  await tx.delete(labelSubmissions).where(eq(labelSubmissions.sequence, last.sequence));
  const [task] = await tx.select().from(labelTasks).where(eq(labelTasks.id, last.taskId));
  return handOut(tx, ask, taskOf(task!));
}

/** The queue's row is locked first, so that what is handed out and answered comes one after the other. */
async function holdQueue(tx: Sql, id: string): Promise<void> {
  const [queue] = await tx.select().from(labelQueues).where(eq(labelQueues.id, id)).for('no key update');
  if (!queue) throw fail('label.queue-missing', { id });
  if (queue.state === 'closed') throw fail('label.closed', { id });
}

async function heldTask(tx: Sql, ask: Ask): Promise<LabelTask | undefined> {
  const [held] = await tx
    .select({ task: labelTasks })
    .from(labelLeases)
    .innerJoin(labelTasks, eq(labelTasks.id, labelLeases.taskId))
    .where(ownLease(ask, ask.now));
  return held && taskOf(held.task);
}

async function freeTask(tx: Sql, { queueId, person, now }: Ask): Promise<LabelTask | undefined> {
  const answered = tx
    .select({ id: labelSubmissions.taskId })
    .from(labelSubmissions)
    .where(and(eq(labelSubmissions.taskId, labelTasks.id), eq(labelSubmissions.person, person)));
  const [free] = await tx
    .select()
    .from(labelTasks)
    .where(and(eq(labelTasks.queueId, queueId), isFree(now), notExists(answered)))
    .orderBy(desc(labelTasks.priority), asc(labelTasks.row))
    .limit(1);
  return free && taskOf(free);
}

/** Whether a task has room for one more: answers that are wanted beyond those in people's hands. */
function isFree(now: number) {
  const hands = statement`(select count(*) from ${labelLeases}
    where ${labelLeases.taskId} = ${labelTasks.id} and ${labelLeases.endsAt} > ${new Date(now).toISOString()})`;
  return and(gt(labelTasks.wanted, 0), gt(labelTasks.wanted, hands));
}

function ownLease({ queueId, person }: { queueId: string; person: string }, now: number) {
  return and(
    eq(labelLeases.queueId, queueId),
    eq(labelLeases.person, person),
    gt(labelLeases.endsAt, new Date(now)),
  );
}

async function handOut(tx: Sql, ask: Ask, task: LabelTask): Promise<LeasedTask> {
  const { queueId, person, leasedUntil } = ask;
  const lease = { taskId: task.id, endsAt: new Date(leasedUntil) };
  await tx
    .insert(labelLeases)
    .values({ queueId, person, ...lease })
    .onConflictDoUpdate({ target: [labelLeases.queueId, labelLeases.person], set: lease });
  return { ...task, leasedUntil };
}

async function changeWanted(tx: Sql, taskId: string, by: 1 | -1): Promise<void> {
  await tx
    .update(labelTasks)
    .set({ wanted: statement`${labelTasks.wanted} + ${by}` })
    .where(eq(labelTasks.id, taskId));
}
