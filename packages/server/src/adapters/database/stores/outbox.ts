import { and, asc, inArray, isNull } from 'drizzle-orm';
import type { Outbox, OutboxEvent } from '../../../ledger/index.ts';
import { outboxEvents } from '../schema/index.ts';
import { iso, now, type Session } from '../session.ts';

export function outbox(session: Session): Outbox {
  const { sql } = session;
  return {
    async add(event) {
      const [row] = await sql
        .insert(outboxEvents)
        .values({ ...event, createdAt: now(session) })
        .returning();
      return eventOf(row!);
    },
    async pending(limit = 100) {
      const rows = await sql
        .select()
        .from(outboxEvents)
        .where(isNull(outboxEvents.settledAt))
        .orderBy(asc(outboxEvents.sequence))
        .limit(limit);
      return rows.map(eventOf);
    },
    async settle(sequences) {
      if (sequences.length === 0) return;
      const unsettled = and(inArray(outboxEvents.sequence, [...sequences]), isNull(outboxEvents.settledAt));
      await sql
        .update(outboxEvents)
        .set({ settledAt: now(session) })
        .where(unsettled);
    },
  };
}

function eventOf({ settledAt: _, ...row }: typeof outboxEvents.$inferSelect): OutboxEvent {
  return { ...row, createdAt: iso(row.createdAt) };
}
