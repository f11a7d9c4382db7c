import { type FailureData, fail, failureData } from '@slipway/contract';
import {
  and,
  asc,
  count,
  desc,
  eq,
  inArray,
  isNull,
  lt,
  not,
  notInArray,
  or,
  type SQL,
  sql as statement,
} from 'drizzle-orm';
import type { ClaimedJob, Job, JobFilter, JobQueue, Requeued } from '../../../execution/index.ts';
import { newId } from '../../../kernel/index.ts';
import { jobs, pipelineRuns } from '../schema/index.ts';
import { databaseNow, iso, isoOrNull, now, rowsOf, type Session, type Sql } from '../session.ts';

type Row = typeof jobs.$inferSelect;
type Change = Parameters<ReturnType<Sql['update']>['set']>[0];

const DEFAULT_MAX_ATTEMPTS = 3;
/** A server that died may have died of something else: so many times the attempts are borne. */
const ORPHAN_PATIENCE = 3;

export function jobQueue(session: Session): JobQueue {
  const { sql, clock } = session;

  /** Changes a job in the hands of `token`, or nothing. */
  async function change(id: string, token: number, values: Change): Promise<Job> {
    const [row] = await sql.update(jobs).set(values).where(heldBy(id, token)).returning();
    if (!row) throw fail('job.stale', { id });
    return jobOf(row);
  }

  const queue: JobQueue = {
    async enqueue(
      kind,
      input,
      { pipelineRunId = null, maxAttempts = DEFAULT_MAX_ATTEMPTS, key = null } = {},
    ) {
      const id = newId('job', clock.now());
      const values = { id, kind, state: 'queued' as const, input, pipelineRunId, maxAttempts, key };
      const [row] = await sql
        .insert(jobs)
        .values({ ...values, createdAt: now(session) })
        .onConflictDoNothing({ target: jobs.key })
        .returning();
      if (row) return jobOf(row);
      const [same] = await sql.select().from(jobs).where(eq(jobs.key, key!));
      return jobOf(same!);
    },
    async claim({ instance, worker }, kinds, leaseMs) {
      if (kinds.length === 0) return undefined;
      const oldest = sql
        .select({ id: jobs.id })
        .from(jobs)
        .where(and(eq(jobs.state, 'queued'), inArray(jobs.kind, [...kinds])))
        .orderBy(asc(jobs.sequence))
        .limit(1)
        .for('update', { skipLocked: true });
      const [row] = await sql
        .update(jobs)
        .set({
          state: 'running',
          instance,
          worker,
          token: statement`${jobs.token} + 1`,
          attempts: statement`${jobs.attempts} + 1`,
          leaseEndsAt: leaseFor(leaseMs),
          startedAt: statement`coalesce(${jobs.startedAt}, ${databaseNow})`,
        })
        .where(eq(jobs.id, statement`(${oldest})`))
        .returning();
      return row && claimedOf(row);
    },
    async heartbeat(id, token, leaseMs, progress) {
      const [row] = await sql
        .update(jobs)
        .set({ leaseEndsAt: leaseFor(leaseMs), ...(progress === undefined ? {} : { progress }) })
        .where(heldBy(id, token))
        .returning({ id: jobs.id });
      if (row) return 'held';
      const job = await queue.find(id);
      return job?.state === 'cancelled' ? 'cancelled' : 'lost';
    },
    complete: (id, token, output) => change(id, token, ended('done', { output })),
    fail: (id, token, failure) => change(id, token, ended('failed', { failure })),
    release(id, token) {
      return change(id, token, { ...waiting, attempts: statement`${jobs.attempts} - 1` });
    },
    async cancel(id) {
      const open = and(eq(jobs.id, id), inArray(jobs.state, ['queued', 'running']));
      await sql.update(jobs).set(ended('cancelled', {})).where(open);
      return queue.get(id);
    },
    async find(id) {
      const [row] = await sql.select().from(jobs).where(eq(jobs.id, id));
      return row && jobOf(row);
    },
    async get(id) {
      const found = await queue.find(id);
      if (!found) throw fail('job.missing', { id });
      return found;
    },
    async list(filter = {}) {
      const rows = await sql
        .select()
        .from(jobs)
        .where(and(...conditions(filter)))
        .orderBy(desc(jobs.sequence))
        .limit(filter.limit ?? 100);
      return rows.map(jobOf);
    },
    async namedHashes(outputsKeptMs) {
      const rows = await rowsOf<{ hash: string }>(sql, namedHashes(outputsKeptMs));
      return new Set(rows.map(({ hash }) => hash));
    },
    async mentionedHashes() {
      const rows = await rowsOf<{ hash: string }>(sql, mentionedHashes());
      return new Set(rows.map(({ hash }) => hash));
    },
    async mentions(sha256) {
      const found = statement`concat(${jobs.input}::text, ' ', ${jobs.progress}::text, ' ', ${jobs.output}::text)`;
      return (await sql.$count(jobs, statement`position(${sha256} in ${found}) > 0`)) > 0;
    },
    async forget(olderThanMs, keep, limit) {
      const old = sql
        .select({ id: jobs.id })
        .from(jobs)
        .where(isForgettable(olderThanMs, keep))
        .orderBy(asc(jobs.sequence))
        .limit(limit);
      const gone = await sql.delete(jobs).where(inArray(jobs.id, old)).returning({ id: jobs.id });
      return gone.length;
    },
    async counts() {
      const rows = await sql.select({ state: jobs.state, count: count() }).from(jobs).groupBy(jobs.state);
      return { ...NONE, ...Object.fromEntries(rows.map((row) => [row.state, row.count])) };
    },
    requeueExpired: () => sql.transaction((tx) => requeue(tx, lt(jobs.leaseEndsAt, databaseNow), 1)),
    requeueOrphans(living) {
      const orphaned = living.length === 0 ? undefined : notInArray(jobs.instance, [...living]);
      return sql.transaction((tx) =>
        requeue(tx, orphaned ? or(isNull(jobs.instance), orphaned) : undefined, ORPHAN_PATIENCE),
      );
    },
  };
  return queue;
}

const NONE = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 };

const waiting = { state: 'queued', leaseEndsAt: null } as const;

function ended(state: 'done' | 'failed' | 'cancelled', values: { output?: unknown; failure?: FailureData }) {
  return { state, ...values, leaseEndsAt: null, endedAt: databaseNow } as const;
}

function heldBy(id: string, token: number): SQL | undefined {
  return and(eq(jobs.id, id), eq(jobs.token, token), eq(jobs.state, 'running'));
}

function isForgettable(olderThanMs: number, keep: readonly string[]): SQL | undefined {
  const isKept = and(eq(jobs.state, 'done'), inArray(jobs.kind, [...keep, '']));
  const isOnItsWay = statement`exists (select from ${pipelineRuns} where ${pipelineRuns.id} = ${jobs.pipelineRunId} and ${pipelineRuns.state} = 'running')`;
  return and(lt(jobs.endedAt, before(olderThanMs)), not(isKept!), not(isOnItsWay));
}

function namedHashes(outputsKeptMs: number): SQL {
  return statement`
    select distinct found[1] as hash
    from ${jobs}, regexp_matches(
      case when ${jobs.endedAt} is null
        then concat(${jobs.input}::text, ' ', ${jobs.progress}::text) else ${jobs.output}::text end,
      '\\y[0-9a-f]{64}\\y', 'g') as found
    where ${jobs.endedAt} is null or ${jobs.endedAt} >= ${before(outputsKeptMs)}`;
}

function mentionedHashes(): SQL {
  return statement`
    select distinct found[1] as hash
    from ${jobs}, regexp_matches(
      concat(${jobs.input}::text, ' ', ${jobs.progress}::text, ' ', ${jobs.output}::text), '\\y[0-9a-f]{64}\\y', 'g') as found`;
}

function before(ms: number): SQL {
  return statement`${databaseNow} - ${ms} * interval '1 millisecond'`;
}

function leaseFor(leaseMs: number): SQL {
  return statement`${databaseNow} + ${leaseMs} * interval '1 millisecond'`;
}

/** Jobs that others are just changing are left to them. */
async function requeue(tx: Sql, lost: SQL | undefined, patience: number): Promise<Requeued> {
  const rows = await tx
    .select()
    .from(jobs)
    .where(and(eq(jobs.state, 'running'), lost))
    .orderBy(asc(jobs.sequence))
    .for('update', { skipLocked: true });
  const spent = rows.filter((row) => row.attempts >= row.maxAttempts * patience);
  const again = rows.filter((row) => row.attempts < row.maxAttempts * patience);
  const failed: Job[] = [];
  for (const { id, attempts } of spent) {
    const failure = failureData(fail('job.crashed', { attempts }));
    const [row] = await tx.update(jobs).set(ended('failed', { failure })).where(eq(jobs.id, id)).returning();
    failed.push(jobOf(row!));
  }
  return {
    requeued: await queueAgain(
      tx,
      again.map((row) => row.id),
    ),
    failed,
  };
}

async function queueAgain(tx: Sql, ids: string[]): Promise<Job[]> {
  if (ids.length === 0) return [];
  return (await tx.update(jobs).set(waiting).where(inArray(jobs.id, ids)).returning()).map(jobOf);
}

function conditions({ kind, state, pipelineRunId }: JobFilter) {
  return [
    kind === undefined ? undefined : eq(jobs.kind, kind),
    state === undefined ? undefined : eq(jobs.state, state),
    pipelineRunId === undefined ? undefined : eq(jobs.pipelineRunId, pipelineRunId),
  ];
}

function jobOf({ sequence: _s, token: _t, key: _k, instance, worker, ...row }: Row): Job {
  return {
    ...row,
    failure: row.failure as FailureData | null,
    workerId: instance === null ? null : `${instance}/${worker}`,
    leaseEndsAt: isoOrNull(row.leaseEndsAt),
    createdAt: iso(row.createdAt),
    startedAt: isoOrNull(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}

function claimedOf(row: Row): ClaimedJob {
  return { ...jobOf(row), token: row.token };
}
