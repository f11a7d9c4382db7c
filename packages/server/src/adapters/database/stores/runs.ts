import { type FailureData, fail } from '@slipway/contract';
import { and, desc, eq, isNull, type SQL } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { NewRun, Run, RunChange, RunFilter, RunStore } from '../../../metadata/index.ts';
import { runs } from '../schema/index.ts';
import { finite, iso, isoOrNull, now, type Session } from '../session.ts';

/** PostgreSQL takes 65,535 parameters in a statement. */
const ROWS_IN_A_STATEMENT = 1000;

export function runStore(session: Session): RunStore {
  const { sql, clock } = session;

  async function change(id: string, values: Partial<typeof runs.$inferInsert>): Promise<Run> {
    const [row] = await sql.update(runs).set(values).where(eq(runs.id, id)).returning();
    if (!row) throw fail('run.missing', { id });
    return runOf(row);
  }

  const store: RunStore = {
    async create(run) {
      const [created] = await store.createMany([run]);
      return created!;
    },
    createMany(wanted) {
      return sql.transaction(async (tx) => {
        const rows = wanted.map((run) => rowFor(run, clock.now()));
        const created: Run[] = [];
        for (let i = 0; i < rows.length; i += ROWS_IN_A_STATEMENT) {
          const part = await tx
            .insert(runs)
            .values(rows.slice(i, i + ROWS_IN_A_STATEMENT))
            .returning();
          created.push(...part.map(runOf));
        }
        return created;
      });
    },
    async update(id, values) {
      return Object.keys(values).length === 0 ? store.get(id) : change(id, valuesOf(values));
    },
    finish: (id, values) => change(id, { ...valuesOf(values), state: 'done', endedAt: now(session) }),
    stop: (id, values) => change(id, { ...valuesOf(values), state: 'stopped', endedAt: now(session) }),
    fail: (id, failure) => change(id, { state: 'failed', failure, endedAt: now(session) }),
    async find(id) {
      const [row] = await sql.select().from(runs).where(eq(runs.id, id));
      return row && runOf(row);
    },
    async get(id) {
      const found = await store.find(id);
      if (!found) throw fail('run.missing', { id });
      return found;
    },
    async list(filter = {}) {
      const rows = await sql
        .select()
        .from(runs)
        .where(and(...conditions(filter)))
        .orderBy(desc(runs.sequence))
        .limit(filter.limit ?? 100);
      return rows.map(runOf);
    },
  };
  return store;
}

function rowFor(run: NewRun, now: number): typeof runs.$inferInsert {
  const state = run.state ?? 'running';
  const ended = run.endedAt ?? (state === 'running' ? null : new Date(now).toISOString());
  return {
    ...run,
    id: run.id ?? newId('run', now),
    state,
    params: run.params ?? {},
    metrics: finite(run.metrics ?? {}),
    curves: run.curves ?? [],
    startedAt: new Date(now),
    endedAt: ended === null ? null : new Date(ended),
  };
}

function valuesOf({ metrics, ...values }: RunChange): Partial<typeof runs.$inferInsert> {
  return metrics === undefined ? values : { ...values, metrics: finite(metrics) };
}

function conditions({ pipelineRunId, dataset, parentRunId }: RunFilter): (SQL | undefined)[] {
  return [
    pipelineRunId === undefined ? undefined : eq(runs.pipelineRunId, pipelineRunId),
    dataset === undefined ? undefined : eq(runs.dataset, dataset),
    parentRunId === undefined ? undefined : parentIs(parentRunId),
  ];
}

function parentIs(id: string | null): SQL {
  return id === null ? isNull(runs.parentRunId) : eq(runs.parentRunId, id);
}

function runOf({ sequence: _, ...row }: typeof runs.$inferSelect): Run {
  return {
    ...row,
    params: row.params as Run['params'],
    metrics: row.metrics as Run['metrics'],
    curves: row.curves as Run['curves'],
    failure: row.failure as FailureData | null,
    startedAt: iso(row.startedAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
