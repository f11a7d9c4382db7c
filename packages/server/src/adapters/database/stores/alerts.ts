import { and, desc, eq, sql as statement } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { Alert, AlertStore } from '../../../metadata/index.ts';
import { alerts } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session } from '../session.ts';

/** Kept in place of a version by alerts that are about the endpoint. */
const OF_ENDPOINT = 0;

export function alertStore(session: Session): AlertStore {
  const { sql, clock } = session;
  return {
    async raise({ endpoint, key, version, severity, message, evidence }) {
      const at = now(session);
      const id = newId('alr', clock.now());
      const seen = { severity, message, evidence, lastSeenAt: at };
      const [row] = await sql
        .insert(alerts)
        .values({
          id,
          endpoint,
          key,
          version: version ?? OF_ENDPOINT,
          state: 'open',
          firstSeenAt: at,
          ...seen,
        })
        .onConflictDoUpdate({
          target: [alerts.endpoint, alerts.key, alerts.version],
          targetWhere: statement`state = 'open'`,
          set: { ...seen, times: statement`${alerts.times} + 1` },
        })
        .returning();
      return { alert: alertOf(row!), opened: row!.id === id };
    },
    async resolve(endpoint, key, { version, reason } = {}) {
      const open = and(
        eq(alerts.endpoint, endpoint),
        eq(alerts.key, key),
        eq(alerts.version, version ?? OF_ENDPOINT),
        eq(alerts.state, 'open'),
      );
      const values = { state: 'resolved' as const, resolvedAt: now(session), resolution: reason ?? null };
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
    version: row.version === OF_ENDPOINT ? null : row.version,
    firstSeenAt: iso(row.firstSeenAt),
    lastSeenAt: iso(row.lastSeenAt),
    resolvedAt: isoOrNull(row.resolvedAt),
  };
}
