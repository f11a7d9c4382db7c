import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, print, say, table } from '../output.ts';

export function addStorageCommands(program: Command): void {
  const storage = program.command('storage').description('Storage of the data folder, and its trash.');
  common(storage.command('clean'))
    .description('Remove unused objects now; removed objects and models wait in the trash.')
    .option('--force', 'also move objects that the database implausibly does not reference to the trash')
    .action(async ({ force = false, ...options }: CommonOptions & { force?: boolean }) => {
      const removed = await (await connect(options)).call['storage.clean']({ body: { force } });
      answer(removed, options.json, () =>
        say(
          `Removed to the trash: ${counted(removed)}. Deleted: ${removed.jobs} jobs, ${removed.events} events.`,
        ),
      );
    });
  common(storage.command('trash'))
    .description('List the removed objects that wait for deletion, by day.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['storage.trash']();
      answer(found, options.json, () => {
        table(
          ['removed on', 'objects', 'models', 'size'],
          found.days.map((day) => [day.day, day.objects, day.bundles, bytes(day.bytes)]),
        );
        print(`Deleted after ${found.keptDays} days (work.trashKeptDays).`);
      });
    });
  common(storage.command('restore'))
    .description('Restore removed objects and models from the trash.')
    .option('--day <date>', 'only what was removed on this day (UTC), such as 2026-11-29')
    .action(async ({ day, ...options }: CommonOptions & { day?: string }) => {
      const restored = await (await connect(options)).call['storage.restore']({ body: { day } });
      answer(restored, options.json, () => say(`Restored: ${counted(restored)}.`));
    });
  common(storage.command('empty-trash'))
    .description('Empty the trash.')
    .action(async (options: CommonOptions) => {
      const gone = await (await connect(options)).call['storage.empty-trash']();
      answer(gone, options.json, () => say(`Deleted: ${counted(gone)}.`));
    });
}

function counted({ objects, bundles }: { objects: number; bundles: number }): string {
  return `${objects} ${objects === 1 ? 'object' : 'objects'} and ${bundles} ${bundles === 1 ? 'model' : 'models'}`;
}
