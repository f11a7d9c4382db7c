import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, bytes, clean, say, table } from '../output.ts';
import { sameFlags } from './up.ts';

/** `slipway data versions` and `slipway data rollback`. */
export function addVersionCommands(data: Command): void {
  common(data.command('versions'))
    .description('List the versions of a dataset, newest first.')
    .argument('<dataset>')
    .action(async (name: string, options: CommonOptions) => {
      const found = await (await connect(options)).call['datasets.get']({ params: { name } });
      answer(found, options.json, () =>
        table(
          ['version', 'rows', 'columns', 'size', 'added', 'from', 'created'],
          found.versions.map((one) => [
            one.version,
            one.rows,
            one.columns,
            bytes(one.bytes),
            bytes(one.addedBytes),
            clean(one.source),
            one.createdAt,
          ]),
        ),
      );
    });
  common(data.command('rollback'))
    .description('Make the rows of an earlier version the newest version again; no version is deleted.')
    .argument('<dataset>')
    .requiredOption('--to <version>', 'the version whose rows to restore', wholeNumber)
    .action(async (name: string, options: CommonOptions & { to: number }) => {
      const { call } = await connect(options);
      const version = await call['datasets.rollback']({ params: { name }, body: { to: options.to } });
      answer(version, options.json, () => {
        say(
          `Version ${version.version} of ${name} holds the ${version.rows} rows of version ${options.to}. New trainings and appended files use it.`,
        );
        say(`Next: slipway data versions ${name}${sameFlags(options)}`);
      });
    });
}
