import { eq } from 'drizzle-orm';
import type { MonitoringRunStore } from '../../../metadata/index.ts';
import { monitoringRuns } from '../schema/index.ts';
import { iso, isoOrNull, type Session } from '../session.ts';

export function monitoringRunStore({ sql }: Session): MonitoringRunStore {
  return {
    async find(endpoint) {
      const [row] = await sql.select().from(monitoringRuns).where(eq(monitoringRuns.endpoint, endpoint));
      return row && { ...row, startedAt: iso(row.startedAt), endedAt: isoOrNull(row.endedAt) };
    },
    async put({ endpoint, startedAt, endedAt, ...run }) {
      const values = {
        ...run,
        startedAt: new Date(startedAt),
        endedAt: endedAt === null ? null : new Date(endedAt),
      };
      await sql
        .insert(monitoringRuns)
        .values({ endpoint, ...values })
        .onConflictDoUpdate({ target: monitoringRuns.endpoint, set: values });
    },
    async remove(endpoint) {
      await sql.delete(monitoringRuns).where(eq(monitoringRuns.endpoint, endpoint));
    },
  };
}
