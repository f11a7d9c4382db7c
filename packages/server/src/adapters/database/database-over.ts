import type { Clock } from '../../kernel/index.ts';
import type { Database, Stores } from '../../metadata/index.ts';
import { translated, translating } from './errors.ts';
import type { Sql } from './session.ts';
import { storesOver } from './stores/index.ts';

/** The {@link Database} over an open driver. */
export function databaseOver(sql: Sql, clock: Clock, closeDriver: () => Promise<void>): Database {
  let closing: Promise<void> | undefined;
  return {
    stores: storesOn(sql, clock),
    async transaction(work) {
      try {
        return await sql.transaction((tx) => work(storesOn(tx, clock)));
      } catch (error) {
        throw translated(error);
      }
    },
    close() {
      closing ??= closeDriver();
      return closing;
    },
  };
}

function storesOn(sql: Sql, clock: Clock): Stores {
  const stores = storesOver({ sql, clock });
  const wrapped = Object.entries(stores).map(([name, store]) => [name, translating(store)]);
  return Object.fromEntries(wrapped) as Stores;
}
