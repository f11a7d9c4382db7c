import { type FailureData, fail } from '@slipway/contract';
import { and, desc, eq, sql as statement } from 'drizzle-orm';
import type {
  PipelineRun,
  PipelineRunFilter,
  PipelineRunStore,
  StageRecord,
} from '../../../execution/index.ts';
import { newId } from '../../../kernel/index.ts';
import { pipelineRuns } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session } from '../session.ts';

type Row = typeof pipelineRuns.$inferSelect;
type Change = Partial<typeof pipelineRuns.$inferInsert>;

export function pipelineRunStore(session: Session): PipelineRunStore {
  const { sql, clock } = session;

  /** Changes a pipeline run that nobody else changes meanwhile. */
  function change(id: string, decide: (row: Row) => Change): Promise<PipelineRun> {
    return sql.transaction(async (tx) => {
      const [row] = await tx.select().from(pipelineRuns).where(eq(pipelineRuns.id, id)).for('update');
      if (!row) throw fail('pipeline-run.missing', { id });
      const values = decide(row);
      if (Object.keys(values).length === 0) return pipelineRunOf(row);
      const counted = { ...values, changes: row.changes + 1 };
      await tx.update(pipelineRuns).set(counted).where(eq(pipelineRuns.id, id));
      return pipelineRunOf({ ...row, ...counted });
    });
  }

  const store: PipelineRunStore = {
    async create(pipelineRun) {
      const [row] = await sql
        .insert(pipelineRuns)
        .values({
          ...pipelineRun,
          id: pipelineRun.id ?? newId('plr', clock.now()),
          state: 'running',
          stages: [],
          createdAt: now(session),
        })
        .onConflictDoNothing({ target: pipelineRuns.name, where: statement`state = 'running'` })
        .returning();
      if (row) return pipelineRunOf(row);
      const { name } = pipelineRun;
      const [running] = await store.list({ name, state: 'running', limit: 1 });
      throw fail('pipeline-run.running', { name, id: running?.id ?? 'just now' }, { path: 'name' });
    },
    beginStage(id, stage) {
      const record: StageRecord = {
        stage,
        state: 'running',
        startedAt: iso(now(session)),
        endedAt: null,
        summary: null,
      };
      return change(id, (row) => ({
        stages: [...stagesOf(row).filter((one) => one.stage !== stage), record],
      }));
    },
    reportStage: (id, stage, summary) => change(id, (row) => withStage(row, stage, { summary })),
    endStage(id, stage, state, summary) {
      const endedAt = iso(now(session));
      return change(id, (row) => withStage(row, stage, { state, endedAt, summary }));
    },
    end(id, { state, result = null, failure = null }) {
      const values = { state, result, failure, endedAt: now(session) };
      return change(id, (row) => (row.state === 'running' ? values : {}));
    },
    async find(id) {
      const [row] = await sql.select().from(pipelineRuns).where(eq(pipelineRuns.id, id));
      return row && pipelineRunOf(row);
    },
    async get(id) {
      const found = await store.find(id);
      if (!found) throw fail('pipeline-run.missing', { id });
      return found;
    },
    async list(filter = {}) {
      const rows = await sql
        .select()
        .from(pipelineRuns)
        .where(and(...conditions(filter)))
        .orderBy(desc(pipelineRuns.sequence))
        .limit(filter.limit ?? 100);
      return rows.map(pipelineRunOf);
    },
  };
  return store;
}

function withStage(row: Row, stage: string, values: Partial<StageRecord>): Change {
  return { stages: stagesOf(row).map((one) => (one.stage === stage ? { ...one, ...values } : one)) };
}

function conditions({ name, kind, state }: PipelineRunFilter) {
  return [
    name === undefined ? undefined : eq(pipelineRuns.name, name),
    kind === undefined ? undefined : eq(pipelineRuns.kind, kind),
    state === undefined ? undefined : eq(pipelineRuns.state, state),
  ];
}

function stagesOf(row: Row): StageRecord[] {
  return row.stages as StageRecord[];
}

function pipelineRunOf(row: Row): PipelineRun {
  const { sequence: _, ...kept } = row;
  return {
    ...kept,
    stages: stagesOf(row),
    failure: row.failure as FailureData | null,
    createdAt: iso(row.createdAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
