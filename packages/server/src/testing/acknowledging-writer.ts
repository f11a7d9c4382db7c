import { writeSync } from 'node:fs';
import { dataLayout, openDataFolder } from '../adapters/data-folder/index.ts';
import { openPglite } from '../adapters/database/index.ts';
import { newId } from '../kernel/index.ts';

/**
 * A program for tests to kill: writes to the data folder without end and says each write's id on stdout once it is
 * acknowledged. Each write is a transaction over three stores.
 */
const [folder, migrations] = process.argv.slice(2) as [string, string];
await openDataFolder(folder, { version: '0.0.0' });
const database = await openPglite(dataLayout(folder).database, { migrations });
for (;;) {
  const id = await database.transaction(async ({ journeys, outbox, audit }) => {
    const journey = await journeys.create({ name: newId('kill'), kind: 'ship', request: 'x'.repeat(3000) });
    await outbox.add({ topic: 'journey.created', subject: journey.id, payload: null });
    await audit.append({ who: 'writer', what: 'journeys.create', subject: journey.id });
    return journey.id;
  });
  writeSync(1, `${id}\n`);
}
