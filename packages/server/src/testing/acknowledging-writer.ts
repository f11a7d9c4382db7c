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
  const id = await database.transaction(async ({ pipelineRuns, outbox, audit }) => {
    const pipelineRun = await pipelineRuns.create({
      name: newId('kill'),
      kind: 'ship',
      request: 'x'.repeat(3000),
    });
    await outbox.add({ topic: 'pipeline-run.created', subject: pipelineRun.id, payload: null });
    await audit.append({ who: 'writer', what: 'pipelineRuns.create', subject: pipelineRun.id });
    return pipelineRun.id;
  });
  writeSync(1, `${id}\n`);
}
