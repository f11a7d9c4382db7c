import type { Command } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, figure, print, say, table } from '../output.ts';
import { showComparison } from '../show-comparison.ts';

export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('Training runs and their trials.');
  common(runs.command('list'))
    .description('List the runs, newest first.')
    .option('--limit <n>', 'maximum number to list', wholeNumber, 50)
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
        if (run.says) print(run.says);
        table(
          ['run', 'learner', 'state', 'metrics', 'seconds', 'rows', 'why', 'parameters'],
          run.trials.map((trial) => [
            trial.id,
            trial.learner,
            trial.state,
            Object.entries(trial.metrics)
              .map(([name, value]) => `${name} ${figure(value)}`)
              .join(' '),
            figure(trial.seconds),
            trial.rows,
            trial.says ?? trial.why,
            JSON.stringify(trial.params),
          ]),
        );
      });
    });
  common(runs.command('stop'))
    .description('Stop a search early and keep the best model so far; its pipeline run continues.')
    .argument('<run>', 'the run, or one of its trials')
    .action(async (id: string, options: CommonOptions) => {
      const run = await (await connect(options)).call['runs.stop']({ params: { id } });
      answer(run, options.json, () =>
        say(`The search of ${run.name} stops early with the best model so far; its pipeline run continues.`),
      );
    });
  common(runs.command('compare'))
    .description('Show runs side by side: parameters, metrics and learning curves.')
    .argument('<runs...>', 'two runs or more')
    .option('--all', 'also parameters that are equal in all runs')
    .action(async (ids: string[], options: CommonOptions & { all?: boolean }) => {
      const found = await (await connect(options)).call['runs.compare']({ query: { ids: ids.join(',') } });
      answer(found, options.json, () => showComparison(found, options.all ?? false));
    });
}
