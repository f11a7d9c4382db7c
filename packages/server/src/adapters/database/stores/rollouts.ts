import { fail } from '@slipway/contract';
import { and, desc, eq, isNull } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { EndpointRollout, RolloutStore } from '../../../metadata/index.ts';
import { endpointRollouts, endpoints } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session } from '../session.ts';

export function rolloutStore(session: Session): RolloutStore {
  const { sql, clock } = session;
  const isOpen = isNull(endpointRollouts.endedAt);
  return {
    open(endpoint, document) {
      return sql.transaction(async (tx) => {
        const [row] = await tx
          .select()
          .from(endpoints)
          .where(eq(endpoints.name, endpoint))
          .for('no key update');
        if (!row) throw fail('endpoint.missing', { name: endpoint });
        const [there] = await tx
          .select()
          .from(endpointRollouts)
          .where(and(eq(endpointRollouts.endpoint, endpoint), isOpen));
        const found = row.currentRevision;
        if (there) throw fail('endpoint.conflict', { name: endpoint, found, expected: found });
        const values = { id: newId('rol', clock.now()), endpoint, document, createdAt: now(session) };
        const [added] = await tx
          .insert(endpointRollouts)
          .values({ ...values, state: 'running' })
          .returning();
        return rolloutOf(added!);
      });
    },
    async save(id, { state, document }) {
      const endedAt = state === 'done' || state === 'aborted' ? now(session) : null;
      const [row] = await sql
        .update(endpointRollouts)
        .set({ state, document, endedAt })
        .where(and(eq(endpointRollouts.id, id), isOpen))
        .returning();
      return row && rolloutOf(row);
    },
    async current(endpoint) {
      const [row] = await sql
        .select()
        .from(endpointRollouts)
        .where(and(eq(endpointRollouts.endpoint, endpoint), isOpen));
      return row && rolloutOf(row);
    },
    async allOpen() {
      return (await sql.select().from(endpointRollouts).where(isOpen)).map(rolloutOf);
    },
    async list(endpoint, limit = 100) {
      const rows = await sql
        .select()
        .from(endpointRollouts)
        .where(eq(endpointRollouts.endpoint, endpoint))
        .orderBy(desc(endpointRollouts.id))
        .limit(limit);
      return rows.map(rolloutOf);
    },
  };
}

function rolloutOf(row: typeof endpointRollouts.$inferSelect): EndpointRollout {
  return { ...row, createdAt: iso(row.createdAt), endedAt: isoOrNull(row.endedAt) };
}
