import { and, desc, eq, lte } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { MonitorReport, ReportStore } from '../../../metadata/index.ts';
import { monitorReports } from '../schema/index.ts';
import { iso, now, type Session } from '../session.ts';

export function reportStore(session: Session): ReportStore {
  const { sql, clock } = session;
  const store: ReportStore = {
    async add({ windowStart, windowEnd, ...report }) {
      const row = {
        deployment: null,
        ...report,
        id: newId('rep', clock.now()),
        windowStart: new Date(windowStart),
        windowEnd: new Date(windowEnd),
        createdAt: now(session),
      };
      await sql.insert(monitorReports).values(row);
      return reportOf(row);
    },
    async latest(endpoint, kind) {
      const [report] = await store.list(endpoint, { kind, limit: 1 });
      return report;
    },
    async list(endpoint, { kind, deployment, windowEndedBy, limit = 100 } = {}) {
      const rows = await sql
        .select()
        .from(monitorReports)
        .where(
          and(
            eq(monitorReports.endpoint, endpoint),
            kind === undefined ? undefined : eq(monitorReports.kind, kind),
            deployment === undefined ? undefined : eq(monitorReports.deployment, deployment),
            windowEndedBy === undefined ? undefined : lte(monitorReports.windowEnd, new Date(windowEndedBy)),
          ),
        )
        .orderBy(desc(monitorReports.createdAt), desc(monitorReports.id))
        .limit(limit);
      return rows.map(reportOf);
    },
  };
  return store;
}

function reportOf(row: typeof monitorReports.$inferSelect): MonitorReport {
  const { windowStart, windowEnd, createdAt } = row;
  return { ...row, windowStart: iso(windowStart), windowEnd: iso(windowEnd), createdAt: iso(createdAt) };
}
