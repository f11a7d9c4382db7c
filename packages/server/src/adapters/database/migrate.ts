import { fail } from '@slipway/contract';
import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { ADVISORY_LOCKS } from './advisory-locks.ts';
import { rowsOf, type Sql } from './session.ts';

type Applied = { number: number; hash: string };

/**
 * Brings the schema up to date in one transaction, one server at a time. Migrations are counted, not dated, so one
 * made on a machine with a slow clock is not passed over. Throws `storage.newer` when the database holds migrations
 * that `folder` has not.
 */
export async function migrate(db: Sql, folder: string): Promise<void> {
  const known = readMigrationFiles({ migrationsFolder: folder });
  if (isCurrent(await appliedTo(db), known)) return;
  await db.transaction(async (tx) => {
    await rowsOf(tx, sql`select pg_advisory_xact_lock(${ADVISORY_LOCKS.migrate})`);
    await rowsOf(
      tx,
      sql`create table if not exists slipway_migrations
      (number integer primary key, hash text not null, applied_at timestamptz not null default now())`,
    );
    const applied = await appliedTo(tx);
    isCurrent(applied, known);
    for (const [offset, { sql: statements, hash }] of known.slice(applied.length).entries()) {
      for (const statement of statements) await rowsOf(tx, sql.raw(statement));
      const number = applied.length + offset + 1;
      await rowsOf(tx, sql`insert into slipway_migrations (number, hash) values (${number}, ${hash})`);
    }
  });
}

/**
 * The number of the first migration that a database with a schema has not had; undefined when it has had all, and of an empty one.
 * Throws as {@link migrate} does.
 */
export async function nextMigration(db: Sql, folder: string): Promise<number | undefined> {
  const applied = await appliedTo(db);
  const isDone = isCurrent(applied, readMigrationFiles({ migrationsFolder: folder }));
  return isDone || applied.length === 0 ? undefined : applied.length + 1;
}

async function appliedTo(db: Sql): Promise<Applied[]> {
  const [table] = await rowsOf<{ there: boolean }>(
    db,
    sql`select to_regclass('slipway_migrations') is not null as there`,
  );
  if (!table!.there) return [];
  return rowsOf<Applied>(db, sql`select number, hash from slipway_migrations order by number`);
}

/** Whether nothing is left to do. A migration that differs from ours comes from another line of Slipway. */
function isCurrent(applied: Applied[], known: { hash: string }[]): boolean {
  const foreign = applied.findIndex(({ hash }, index) => hash !== known[index]?.hash);
  if (foreign !== -1) throw fail('storage.newer', { migration: foreign + 1 });
  return applied.length === known.length;
}
