import { asc, gt, lt, sql as statement } from 'drizzle-orm';
import type { Outbox, OutboxEvent } from '../../../metadata/index.ts';
import { ADVISORY_LOCKS } from '../advisory-locks.ts';
import { outboxEvents } from '../schema/index.ts';
import { iso, now, rowsOf, type Session } from '../session.ts';

export function outbox(session: Session): Outbox {
  const { sql, clock } = session;
  return {
    add(event) {
      return sql.transaction(async (tx) => {
        await rowsOf(tx, statement`select pg_advisory_xact_lock(${ADVISORY_LOCKS.outbox})`);
        const [row] = await tx
          .insert(outboxEvents)
          .values({ ...event, createdAt: now(session) })
          .returning();
        return eventOf(row!);
      });
    },
    async list({ after = 0, limit = 100 } = {}) {
      const rows = await sql
        .select()
        .from(outboxEvents)
        .where(gt(outboxEvents.sequence, after))
        .orderBy(asc(outboxEvents.sequence))
        .limit(limit);
      return rows.map(eventOf);
    },
    async forget(olderThanMs) {
      const gone = await sql
        .delete(outboxEvents)
        .where(lt(outboxEvents.createdAt, new Date(clock.now() - olderThanMs)))
        .returning({ sequence: outboxEvents.sequence });
      return gone.length;
    },
  };
}

function eventOf(row: typeof outboxEvents.$inferSelect): OutboxEvent {
  return { ...row, createdAt: iso(row.createdAt) };
}
