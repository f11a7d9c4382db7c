import { and, desc, eq } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { MonitorReport, ReportStore } from '../../../ledger/index.ts';
import { monitorReports } from '../schema/index.ts';
import { iso, now, type Session } from '../session.ts';

export function reportStore(session: Session): ReportStore {
  const { sql, clock } = session;
  const store: ReportStore = {
    async add({ windowStart, windowEnd, ...report }) {
      const row = {
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
    async list(endpoint, { kind, limit = 100 } = {}) {
      const ofKind = kind === undefined ? undefined : eq(monitorReports.kind, kind);
      const rows = await sql
        .select()
        .from(monitorReports)
        .where(and(eq(monitorReports.endpoint, endpoint), ofKind))
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
