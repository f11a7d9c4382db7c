import { fail } from '@slipway/contract';
import { desc, eq, lt, sum } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { Upload, UploadStore } from '../../../metadata/index.ts';
import { uploads } from '../schema/index.ts';
import { iso, now, type Session } from '../session.ts';

export function uploadStore(session: Session): UploadStore {
  const { sql, clock } = session;
  const store: UploadStore = {
    async add(upload) {
      const row = { ...upload, id: newId('upl', clock.now()), createdAt: now(session) };
      await sql.insert(uploads).values(row);
      return uploadOf(row);
    },
    async find(id) {
      const [row] = await sql.select().from(uploads).where(eq(uploads.id, id));
      return row && uploadOf(row);
    },
    async get(id) {
      const found = await store.find(id);
      if (found === undefined) throw fail('upload.missing', { id });
      return found;
    },
    async list({ owner, limit }) {
      const rows = await sql
        .select()
        .from(uploads)
        .where(owner === undefined ? undefined : eq(uploads.owner, owner))
        .orderBy(desc(uploads.createdAt), desc(uploads.id))
        .limit(limit);
      return rows.map(uploadOf);
    },
    count({ owner }) {
      return sql.$count(uploads, owner === undefined ? undefined : eq(uploads.owner, owner));
    },
    async remove(id) {
      const [row] = await sql.delete(uploads).where(eq(uploads.id, id)).returning();
      if (row === undefined) throw fail('upload.missing', { id });
      return uploadOf(row);
    },
    async hasBytes(sha256) {
      return (await sql.$count(uploads, eq(uploads.sha256, sha256))) > 0;
    },
    async forget(olderThanMs) {
      const limit = new Date(clock.now() - olderThanMs);
      const gone = await sql
        .delete(uploads)
        .where(lt(uploads.createdAt, limit))
        .returning({ id: uploads.id });
      return gone.length;
    },
    async bytesOf(owner) {
      const own = sql
        .selectDistinct({ sha256: uploads.sha256, bytes: uploads.bytes })
        .from(uploads)
        .where(eq(uploads.owner, owner))
        .as('own');
      const [row] = await sql.select({ bytes: sum(own.bytes) }).from(own);
      return Number(row?.bytes ?? 0);
    },
    async hashes() {
      const rows = await sql.selectDistinct({ sha256: uploads.sha256 }).from(uploads);
      return new Set(rows.map((row) => row.sha256));
    },
  };
  return store;
}

function uploadOf(row: typeof uploads.$inferSelect): Upload {
  return { ...row, createdAt: iso(row.createdAt) };
}
