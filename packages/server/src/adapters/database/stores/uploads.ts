import { fail } from '@slipway/contract';
import { eq, lt } from 'drizzle-orm';
import { newId } from '../../../kernel/index.ts';
import type { Upload, UploadStore } from '../../../ledger/index.ts';
import { uploads } from '../schema/index.ts';
import { iso, now, type Session } from '../session.ts';

export function uploadStore(session: Session): UploadStore {
  const { sql, clock } = session;
  return {
    async add(upload) {
      const row = { ...upload, id: newId('upl', clock.now()), createdAt: now(session) };
      await sql.insert(uploads).values(row);
      return uploadOf(row);
    },
    async get(id) {
      const [row] = await sql.select().from(uploads).where(eq(uploads.id, id));
      if (!row) throw fail('upload.missing', { id });
      return uploadOf(row);
    },
    async forget(olderThanMs) {
      const limit = new Date(clock.now() - olderThanMs);
      const gone = await sql
        .delete(uploads)
        .where(lt(uploads.createdAt, limit))
        .returning({ id: uploads.id });
      return gone.length;
    },
    async hashes() {
      const rows = await sql.selectDistinct({ sha256: uploads.sha256 }).from(uploads);
      return new Set(rows.map((row) => row.sha256));
    },
  };
}

function uploadOf(row: typeof uploads.$inferSelect): Upload {
  return { ...row, createdAt: iso(row.createdAt) };
}
