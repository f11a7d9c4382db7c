import { fail } from '@slipway/contract';
import { sql } from 'drizzle-orm';
import { rowsOf, type Sql } from './session.ts';

/** The data folder that a database is opened for. */
export type InstallationOfFolder = {
  folder: string;
  /** UUID, from the folder's marker. */
  id: string;
  /** Whether the marker, and so the id, was made by this start. */
  isNew: boolean;
  /** Whether objects or bundles lie in the folder. */
  holdsData: boolean;
  /** The operator says that the two belong together, as after a restore. */
  adopt: boolean;
};

/** Tables of which each working installation has a row soon. */
const TABLES = ['uploads', 'jobs', 'dataset_versions', 'model_versions'];

/**
 * Refuses a database that is not the one of the data folder, before anything is written to it: `storage.empty-database` when
 * it has no rows although the folder holds data, `storage.foreign-database` when it belongs to another folder. One of a version
 * that recorded no installation is taken when it has rows. A database that lies in the folder is taken
 * when the folder has lost its marker.
 */
export async function checkInstallation(
  db: Sql,
  { folder, id, isNew, holdsData, adopt }: InstallationOfFolder,
  { liesInFolder }: { liesInFolder: boolean },
): Promise<void> {
  if (adopt) return;
  const recorded = (await hasTable(db, 'installation')) ? await recordedId(db) : undefined;
  if (recorded === id) return;
  if (recorded === undefined) {
    if (holdsData && !(await hasRows(db))) throw fail('storage.empty-database', { folder });
    return;
  }
  if (isNew && liesInFolder) return;
  throw fail('storage.foreign-database', { folder, installation: id, recorded });
}

export async function recordInstallation(db: Sql, { id }: InstallationOfFolder): Promise<void> {
  if ((await recordedId(db)) === id) return;
  await rowsOf(
    db,
    sql`insert into installation (is_row, id, since) values (true, ${id}, now())
      on conflict (is_row) do update set id = excluded.id, since = excluded.since`,
  );
}

async function recordedId(db: Sql): Promise<string | undefined> {
  const [row] = await rowsOf<{ id: string }>(db, sql`select id from installation`);
  return row?.id;
}

async function hasRows(db: Sql): Promise<boolean> {
  for (const table of TABLES) {
    if (!(await hasTable(db, table))) continue;
    const rows = await rowsOf(db, sql`select 1 from ${sql.identifier(table)} limit 1`);
    if (rows.length > 0) return true;
  }
  return false;
}

async function hasTable(db: Sql, name: string): Promise<boolean> {
  const [row] = await rowsOf<{ there: boolean }>(db, sql`select to_regclass(${name}) is not null as there`);
  return row!.there;
}
