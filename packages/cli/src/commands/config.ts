import type { Command } from 'commander';
import { type CommonOptions, common } from '../options.ts';
import { answer, table } from '../output.ts';
import { printConfig, type UpOptions } from '../platform.ts';
import { withPorts } from './up.ts';

type Entry = { key: string; value: unknown; from: string; says: string };

export function addConfigCommand(program: Command): void {
  withPorts(common(program.command('config')))
    .description('Print every setting with its value and source.')
    .action((options: CommonOptions & UpOptions) => {
      const entries = printConfig({ ...options, data: options.data }) as Entry[];
      answer({ entries }, options.json, () =>
        table(
          ['setting', 'value', 'from', 'meaning'],
          entries.map(({ key, value, from, says }) => [key, JSON.stringify(value), from, says]),
        ),
      );
    });
}
