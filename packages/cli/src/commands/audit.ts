import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, say, table } from '../output.ts';

const BROKEN = 1;

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('The audit log: who did what.');
  common(audit.command('list'))
    .description('List the newest entries.')
    .option('--limit <count>', 'how many', '50')
    .action(async (options: CommonOptions & { limit: string }) => {
      const query = { limit: Number(options.limit) };
      const found = await (await connect(options)).call['audit.list']({ query });
      answer(found, options.json, () =>
        table(
          ['entry', 'when', 'who', 'key', 'what', 'on'],
          found.entries.map((one) => [one.sequence, one.at, one.who, one.principal, one.what, one.subject]),
        ),
      );
    });
  common(audit.command('verify'))
    .description('Verify that no entry was changed or removed; exit code 1 if one was.')
    .option(
      '--anchor <sequence:hash>',
      'an entry that an earlier verification printed and you stored outside the data folder',
    )
    .action(async (options: CommonOptions & { anchor?: string }) => {
      const query = options.anchor === undefined ? {} : { anchor: options.anchor };
      const found = await (await connect(options)).call['audit.verify']({ query });
      if (!found.intact) process.exitCode = BROKEN;
      answer(found, options.json, () => {
        if (!found.intact) {
          say(`The audit log is not intact at entry ${found.brokenAt}: ${found.reason}.`);
          say('Compare it with a backup. After restoring one on purpose, run slipway audit accept.');
          return;
        }
        say(`Intact: ${found.entries} entries.`);
        if (found.head === null) return;
        say('Newest entry; store it outside the data folder for a later --anchor:');
        process.stdout.write(`${found.head.sequence}:${found.head.hash}\n`);
      });
    });
  common(audit.command('accept'))
    .description('Accept the present log, for instance after restoring an older backup.')
    .requiredOption('--reason <text>', 'recorded with what the anchor was')
    .action(async (options: CommonOptions & { reason: string }) => {
      const body = { reason: options.reason };
      const done = await (await connect(options)).call['audit.accept']({ body });
      answer(done, options.json, () => say(`Accepted; entry ${done.anchor.sequence} says so.`));
    });
}
