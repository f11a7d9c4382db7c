import type { Alert } from '@slipway/contract';
import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, clean, print, table } from '../output.ts';
import { isUnproven } from '../show-rollout.ts';
import { consoleLink } from './up.ts';

export function addStatusCommand(program: Command): void {
  common(program.command('status'))
    .description('Show processes, pipeline runs, endpoints and open alerts.')
    .action(async (options: CommonOptions) => {
      const found = await (await connect(options)).call['system.status']();
      answer(found, options.json, () => {
        print(
          `Slipway ${found.version}, up since ${found.startedAt}, ${found.database} in ${found.dataFolder}`,
        );
        print(`${found.processes.map((one) => `${one.name} ${bytes(one.rssBytes)}`).join(', ')}\n`);
        table(
          ['endpoint', 'state', 'version', 'predictions', 'url'],
          found.endpoints.map((one) => [one.name, one.state, one.version, one.predictions, one.url]),
        );
        for (const { name, batching } of found.endpoints)
          if (batching !== null && !batching.proven)
            print(`${isUnproven(batching) ? '!' : ' '} ${name}: ${clean(batching.says)}`);
        print();
        table(
          ['pipeline run', 'kind', 'name', 'state', 'stage'],
          found.pipelineRuns.map((one) => [
            one.id,
            one.kind,
            one.name,
            one.state,
            one.stages.findLast((stage) => stage.state !== 'waiting')?.stage ?? null,
          ]),
        );
        if (found.cleanUpRefused !== null) print(`! Unused files are not removed: ${found.cleanUpRefused}`);
        for (const alert of found.alerts) print(`! ${nameOf(alert)} ${alert.severity}: ${clean(alert.says)}`);
      });
    });
  common(program.command('open'))
    .description('Print the address of the console, with the key on a terminal.')
    .action(async (options: CommonOptions) => {
      const { console: url } = await (await connect(options)).call['system.status']();
      const link = await consoleLink(url, options);
      answer({ console: url }, options.json, () => process.stdout.write(`${link}\n`));
    });
}

function nameOf({ endpoint, version }: Alert): string {
  return version === null ? endpoint : `${endpoint}, version ${version},`;
}
