import { fail } from '@slipway/contract';
import { and, asc, desc, eq, isNull } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type {
  Endpoint,
  EndpointRevision,
  EndpointStore,
  EndpointToken,
  NewEndpointRevision,
  TokenLimits,
} from '../../../metadata/index.ts';
import { endpointRevisions, endpointRollouts, endpoints, endpointTokens } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session, type Sql } from '../session.ts';

export function endpointStore(session: Session): EndpointStore {
  const { sql, clock } = session;
  const store: EndpointStore = {
    async create(endpoint) {
      const values = { policy: null, monitoring: null, ...endpoint, createdAt: now(session) };
      const [row] = await sql.insert(endpoints).values(values).onConflictDoNothing().returning();
      if (!row) throw fail('endpoint.exists', { name: endpoint.name, serves: 'another request has made' });
      return endpointOf(row);
    },
    async find(name) {
      const [row] = await sql.select().from(endpoints).where(eq(endpoints.name, name));
      return row && endpointOf(row);
    },
    async get(name) {
      const found = await store.find(name);
      if (!found) throw fail('endpoint.missing', { name });
      return found;
    },
    async list() {
      return (await sql.select().from(endpoints).orderBy(asc(endpoints.name))).map(endpointOf);
    },
    async setPolicy(name, policy) {
      const [row] = await sql.update(endpoints).set({ policy }).where(eq(endpoints.name, name)).returning();
      if (!row) throw fail('endpoint.missing', { name });
      return endpointOf(row);
    },
    async setMonitoring(name, monitoring) {
      const [row] = await sql
        .update(endpoints)
        .set({ monitoring })
        .where(eq(endpoints.name, name))
        .returning();
      if (!row) throw fail('endpoint.missing', { name });
      return endpointOf(row);
    },
    async setPaused(name, isPaused) {
      const before = await store.get(name);
      if ((before.pausedAt !== null) === isPaused) return before;
      const pausedAt = isPaused ? now(session) : null;
      const [row] = await sql.update(endpoints).set({ pausedAt }).where(eq(endpoints.name, name)).returning();
      if (!row) throw fail('endpoint.missing', { name });
      return endpointOf(row);
    },
    remove(name) {
      return sql.transaction(async (tx) => {
        const gone = await tx.delete(endpointTokens).where(eq(endpointTokens.endpoint, name)).returning();
        await tx.delete(endpointRollouts).where(eq(endpointRollouts.endpoint, name));
        await tx.delete(endpointRevisions).where(eq(endpointRevisions.endpoint, name));
        const [row] = await tx.delete(endpoints).where(eq(endpoints.name, name)).returning();
        if (!row) throw fail('endpoint.missing', { name });
        return { tokens: gone.filter(({ revokedAt }) => revokedAt === null).length };
      });
    },
    addRevision(name, revision, expected) {
      return sql.transaction((tx) => addRevision(tx, name, revision, expected, now(session)));
    },
    async revisions(name) {
      const rows = await sql
        .select()
        .from(endpointRevisions)
        .where(eq(endpointRevisions.endpoint, name))
        .orderBy(desc(endpointRevisions.revision));
      return rows.map(revisionOf);
    },
    async current(name) {
      const [row] = await sql
        .select({ revision: endpointRevisions })
        .from(endpoints)
        .innerJoin(
          endpointRevisions,
          and(
            eq(endpointRevisions.endpoint, endpoints.name),
            eq(endpointRevisions.revision, endpoints.currentRevision),
          ),
        )
        .where(eq(endpoints.name, name));
      return row && revisionOf(row.revision);
    },
    async addToken(token) {
      await store.get(token.endpoint);
      const values = { ...token, id: newId('tok', clock.now()), createdAt: now(session) };
      const [row] = await sql.insert(endpointTokens).values(values).returning();
      return tokenOf(row!);
    },
    async tokens(endpoint) {
      const rows = await sql
        .select()
        .from(endpointTokens)
        .where(endpoint === undefined ? undefined : eq(endpointTokens.endpoint, endpoint))
        .orderBy(desc(endpointTokens.id));
      return rows.map(tokenOf);
    },
    async revokeToken(id) {
      const live = and(eq(endpointTokens.id, id), isNull(endpointTokens.revokedAt));
      await sql
        .update(endpointTokens)
        .set({ revokedAt: now(session) })
        .where(live);
      const [row] = await sql.select().from(endpointTokens).where(eq(endpointTokens.id, id));
      if (!row) throw fail('token.missing', { id });
      return tokenOf(row);
    },
    async touchToken(id) {
      await sql
        .update(endpointTokens)
        .set({ lastUsedAt: now(session) })
        .where(eq(endpointTokens.id, id));
    },
  };
  return store;
}

/** The endpoint's row is locked first, so revisions come one after the other. */
async function addRevision(
  tx: Sql,
  name: string,
  revision: NewEndpointRevision,
  expected: number | null | undefined,
  createdAt: Date,
): Promise<EndpointRevision> {
  const [endpoint] = await tx.select().from(endpoints).where(eq(endpoints.name, name)).for('no key update');
  if (!endpoint) throw fail('endpoint.missing', { name });
  const found = endpoint.currentRevision;
  if (expected !== undefined && expected !== found)
    throw fail('endpoint.conflict', { name, found, expected });
  const values = { ...revision, endpoint: name, revision: (found ?? 0) + 1, createdAt };
  await tx.insert(endpointRevisions).values(values);
  await tx.update(endpoints).set({ currentRevision: values.revision }).where(eq(endpoints.name, name));
  return revisionOf(values);
}

function endpointOf(row: typeof endpoints.$inferSelect): Endpoint {
  return { ...row, pausedAt: isoOrNull(row.pausedAt), createdAt: iso(row.createdAt) };
}

function revisionOf(row: typeof endpointRevisions.$inferSelect): EndpointRevision {
  return { ...row, createdAt: iso(row.createdAt) };
}

function tokenOf(row: typeof endpointTokens.$inferSelect): EndpointToken {
  return {
    ...row,
    limits: row.limits as TokenLimits | null,
    createdAt: iso(row.createdAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
    revokedAt: isoOrNull(row.revokedAt),
  };
}
