import { fail } from '@slipway/contract';
import { and, desc, eq, isNull, lt, or } from 'drizzle-orm';
import type { ApiKey, Grant, KeyStore } from '../../../access/index.ts';
import { newId } from '../../../kernel/index.ts';
import { apiKeys } from '../schema/index.ts';
import { iso, isoOrNull, now, type Session } from '../session.ts';

const MINUTE_MS = 60_000;

export function keyStore(session: Session): KeyStore {
  const { sql, clock } = session;
  return {
    async add({ expiresAt, ...key }) {
      const [row] = await sql
        .insert(apiKeys)
        .values({
          ...key,
          id: newId('key', clock.now()),
          createdAt: now(session),
          expiresAt: expiresAt === null ? null : new Date(expiresAt),
        })
        .returning();
      return keyOf(row!);
    },
    async byHash(hash) {
      const [row] = await sql.select().from(apiKeys).where(eq(apiKeys.hash, hash));
      return row && keyOf(row);
    },
    async list() {
      return (await sql.select().from(apiKeys).orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))).map(keyOf);
    },
    async revoke(id) {
      const live = and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt));
      await sql
        .update(apiKeys)
        .set({ revokedAt: now(session) })
        .where(live);
      const [row] = await sql.select().from(apiKeys).where(eq(apiKeys.id, id));
      if (!row) throw fail('key.missing', { id });
      return keyOf(row);
    },
    async touch(id) {
      const stale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, new Date(clock.now() - MINUTE_MS)));
      await sql
        .update(apiKeys)
        .set({ lastUsedAt: now(session) })
        .where(and(eq(apiKeys.id, id), stale));
    },
  };
}

function keyOf(row: typeof apiKeys.$inferSelect): ApiKey {
  return {
    ...row,
    grant: row.grant as Grant,
    createdAt: iso(row.createdAt),
    expiresAt: isoOrNull(row.expiresAt),
    revokedAt: isoOrNull(row.revokedAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
  };
}
