import { openPglite } from '../../packages/server/src/adapters/database/pglite.ts';
import { prepareDatabase } from '../../packages/server/src/adapters/database/prepared-pglite.ts';

/** Prepares the empty database of these migrations in `folder`, unless it is there; gives the path of its file. */
export function prepareEmptyDatabase(folder: string, migrations: string): Promise<string> {
  return prepareDatabase(folder, migrations, async (database) => {
    await (await openPglite(database, { migrations })).close();
  });
}
