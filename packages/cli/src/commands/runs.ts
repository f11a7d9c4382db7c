import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, figure, print, table } from '../talk.ts';

export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('Training runs and their trials.');
  common(runs.command('list'))
    .description('List the runs, newest first.')
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .action(async (options: CommonOptions & { limit: number }) => {
      const found = await (await connect(options)).call['runs.list']({ query: { limit: options.limit } });
      answer(found, options.json, () =>
        table(
          ['run', 'name', 'state', 'dataset', 'learner', 'seconds', 'started'],
          found.runs.map((run) => [
            run.id,
            run.name,
            run.state,
            `${run.dataset} ${run.datasetVersion}`,
            run.learner,
            figure(run.seconds),
            run.startedAt,
          ]),
        ),
      );
    });
  common(runs.command('show'))
    .description('Show a run with its trials.')
    .argument('<run>')
    .action(async (id: string, options: CommonOptions) => {
      const run = await (await connect(options)).call['runs.get']({ params: { id } });
      answer(run, options.json, () => {
        print(
          `${run.name}: ${run.state}, ${run.learner ?? 'no learner yet'} on ${run.dataset} ${run.datasetVersion}`,
        );
        print(
          Object.entries(run.metrics)
            .map(([name, value]) => `${name} ${figure(value)}`)
            .join('  '),
        );
        table(
          ['learner', 'metrics', 'seconds', 'parameters'],
          run.trials.map((trial) => [
            trial.learner,
            Object.entries(trial.metrics)
              .map(([name, value]) => `${name} ${figure(value)}`)
              .join(' '),
            figure(trial.seconds),
            JSON.stringify(trial.params),
          ]),
        );
      });
    });
}
