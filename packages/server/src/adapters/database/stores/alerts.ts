import { and, desc, eq, sql as statement } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { Alert, AlertStore } from '../../../ledger/index.ts';
import { alerts } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session } from '../session.ts';

export function alertStore(session: Session): AlertStore {
  const { sql, clock } = session;
  return {
    async raise({ endpoint, key, severity, message, evidence }) {
      const at = now(session);
      const id = newId('alr', clock.now());
      const seen = { severity, message, evidence, lastSeenAt: at };
      const [row] = await sql
        .insert(alerts)
        .values({ id, endpoint, key, state: 'open', firstSeenAt: at, ...seen })
        .onConflictDoUpdate({
          target: [alerts.endpoint, alerts.key],
          targetWhere: statement`state = 'open'`,
          set: { ...seen, times: statement`${alerts.times} + 1` },
        })
        .returning();
      return { alert: alertOf(row!), opened: row!.id === id };
    },
    async resolve(endpoint, key) {
      const open = and(eq(alerts.endpoint, endpoint), eq(alerts.key, key), eq(alerts.state, 'open'));
      const values = { state: 'resolved' as const, resolvedAt: now(session) };
      const [row] = await sql.update(alerts).set(values).where(open).returning();
      return row && alertOf(row);
    },
    async list({ endpoint, state, limit = 100 } = {}) {
      const rows = await sql
        .select()
        .from(alerts)
        .where(
          and(
            endpoint === undefined ? undefined : eq(alerts.endpoint, endpoint),
            state === undefined ? undefined : eq(alerts.state, state),
          ),
        )
        .orderBy(desc(alerts.lastSeenAt), desc(alerts.id))
        .limit(limit);
      return rows.map(alertOf);
    },
  };
}

function alertOf(row: typeof alerts.$inferSelect): Alert {
  return {
    ...row,
    firstSeenAt: iso(row.firstSeenAt),
    lastSeenAt: iso(row.lastSeenAt),
    resolvedAt: isoOrNull(row.resolvedAt),
  };
}
