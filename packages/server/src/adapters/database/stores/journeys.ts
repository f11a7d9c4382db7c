import { type FailureData, fail } from '@slipway/contract';
import { and, desc, eq, sql as statement } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { Journey, JourneyFilter, JourneyStore, StageRecord } from '../../../work/index.ts';
import { journeys } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session } from '../session.ts';

type Row = typeof journeys.$inferSelect;
type Change = Partial<typeof journeys.$inferInsert>;

export function journeyStore(session: Session): JourneyStore {
  const { sql, clock } = session;

  /** Changes a journey that nobody else changes meanwhile. */
  function change(id: string, decide: (row: Row) => Change): Promise<Journey> {
    return sql.transaction(async (tx) => {
      const [row] = await tx.select().from(journeys).where(eq(journeys.id, id)).for('update');
      if (!row) throw fail('journey.missing', { id });
      const values = decide(row);
      if (Object.keys(values).length === 0) return journeyOf(row);
      const counted = { ...values, changes: row.changes + 1 };
      await tx.update(journeys).set(counted).where(eq(journeys.id, id));
      return journeyOf({ ...row, ...counted });
    });
  }

  const store: JourneyStore = {
    async create(journey) {
      const [row] = await sql
        .insert(journeys)
        .values({
          ...journey,
          id: journey.id ?? newId('jny', clock.now()),
          state: 'running',
          stages: [],
          createdAt: now(session),
        })
        .onConflictDoNothing({ target: journeys.name, where: statement`state = 'running'` })
        .returning();
      if (row) return journeyOf(row);
      const { name } = journey;
      const [running] = await store.list({ name, state: 'running', limit: 1 });
      throw fail('journey.running', { name, id: running?.id ?? 'just now' }, { path: 'name' });
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
      const [row] = await sql.select().from(journeys).where(eq(journeys.id, id));
      return row && journeyOf(row);
    },
    async get(id) {
      const found = await store.find(id);
      if (!found) throw fail('journey.missing', { id });
      return found;
    },
    async list(filter = {}) {
      const rows = await sql
        .select()
        .from(journeys)
        .where(and(...conditions(filter)))
        .orderBy(desc(journeys.sequence))
        .limit(filter.limit ?? 100);
      return rows.map(journeyOf);
    },
  };
  return store;
}

function withStage(row: Row, stage: string, values: Partial<StageRecord>): Change {
  return { stages: stagesOf(row).map((one) => (one.stage === stage ? { ...one, ...values } : one)) };
}

function conditions({ name, kind, state }: JourneyFilter) {
  return [
    name === undefined ? undefined : eq(journeys.name, name),
    kind === undefined ? undefined : eq(journeys.kind, kind),
    state === undefined ? undefined : eq(journeys.state, state),
  ];
}

function stagesOf(row: Row): StageRecord[] {
  return row.stages as StageRecord[];
}

function journeyOf(row: Row): Journey {
  const { sequence: _, ...kept } = row;
  return {
    ...kept,
    stages: stagesOf(row),
    failure: row.failure as FailureData | null,
    createdAt: iso(row.createdAt),
    endedAt: isoOrNull(row.endedAt),
  };
}
