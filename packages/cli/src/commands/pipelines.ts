import {
  type PipelineRun,
  type PipelineRunStage,
  pipelineRunStateSchema,
  whyNotAcceptable,
} from '@slipway/contract';
import { type Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { follow } from '../follow.ts';
import { interruption } from '../interruption.ts';
import { type CommonOptions, common, seconds as timeOf, wholeNumber } from '../options.ts';
import { answer, clean, print, say, table } from '../output.ts';
import { type RecencyFlags, wantedRecency, withRecency } from '../recency-options.ts';
import { EXIT_REFUSED } from '../report-failure.ts';
import { shownHorizon, showShipped } from '../show-shipped.ts';
import { sameFlags } from './up.ts';

type AcceptOptions = CommonOptions & RecencyFlags & { reason: string; budget?: number; allRows?: boolean };

type ListOptions = CommonOptions & { name?: string; state?: PipelineRun['state']; limit: number };

export function addPipelineCommands(program: Command): void {
  const pipelines = program
    .command('pipelines')
    .description('Pipeline runs: what each ship, training and retraining did, stage by stage.');
  common(pipelines.command('list'))
    .description('List the pipeline runs, newest first.')
    .option('--name <name>', 'of one dataset, model and endpoint')
    .addOption(new Option('--state <state>', 'in one state').choices(pipelineRunStateSchema.options))
    .option('--limit <n>', 'maximum number to list', wholeNumber, 50)
    .action(async ({ name, state, limit, ...options }: ListOptions) => {
      const query = { ...(name && { name }), ...(state && { state }), limit };
      const found = await (await connect(options)).call['pipelineRuns.list']({ query });
      answer(found, options.json, () =>
        table(
          ['pipeline run', 'kind', 'name', 'state', 'stage', 'by', 'started', 'seconds'],
          found.pipelineRuns.map((run) => [
            run.id,
            run.kind,
            run.name,
            run.state,
            run.stages.findLast(({ state: reached }) => reached !== 'waiting')?.stage ?? null,
            run.by,
            run.createdAt,
            secondsOf(run),
          ]),
        ),
      );
    });
  common(pipelines.command('show'))
    .description('Show a pipeline run: who started it, its stages with their times, and its result.')
    .argument('<pipeline run>', 'such as plr_01…; pipelines list names them')
    .action(async (id: string, options: CommonOptions) => {
      const run = await (await connect(options)).call['pipelineRuns.get']({ params: { id }, query: {} });
      answer(run, options.json, () => show(run));
    });
  common(pipelines.command('cancel'))
    .description('Cancel a running pipeline run.')
    .argument('<pipeline run>')
    .action(async (id: string, options: CommonOptions) => {
      const run = await (await connect(options)).call['pipelineRuns.cancel']({ params: { id } });
      answer(run, options.json, () => say(`Pipeline run ${run.id} of ${run.name} is ${run.state}.`));
    });
  addAccept(pipelines);
}

function addAccept(pipelines: Command): void {
  const accept = common(pipelines.command('accept'))
    .description(
      'Accept the rows of a retraining that was refused for them, and train again on these rows: the recent rows decide.',
    )
    .argument('<pipeline run>', 'the refused retraining, by a person or by the policy')
    .requiredOption(
      '--reason <text>',
      'why the rows differ on purpose; kept with the run, the audit log and the card',
    )
    .option('--budget <time>', 'time for training, such as 60s or 5m (as the refused run had)', timeOf)
    .option('--all-rows', 'train on all rows, even if the refused run did not')
    .action(async (id: string, options: AcceptOptions) => {
      const client = await connect(options);
      const body = { reason: options.reason, budgetSeconds: options.budget, recent: wantedRecency(options) };
      const interrupted = interruption();
      const started = await client.call['pipelineRuns.accept']({ params: { id }, body });
      const pipelineRun = await follow(client, started, interrupted, options.json);
      const steps = await shownHorizon(client, pipelineRun.result!);
      answer(pipelineRun.result, options.json, () =>
        showShipped(pipelineRun.result!, sameFlags(options), steps),
      );
      if (pipelineRun.state === 'refused') process.exitCode = EXIT_REFUSED;
    });
  withRecency(accept);
}

function show(run: PipelineRun): void {
  const { id, kind, name, state, target, by, reason, createdAt, endedAt } = run;
  print(`${kind} ${name}, ${state} (${id})`);
  print(`Started ${createdAt} by ${by}, to predict ${target}${reason === null ? '' : `: ${clean(reason)}`}`);
  if (endedAt !== null) print(`Ended ${endedAt}, after ${secondsOf(run)} s`);
  print();
  table(
    ['stage', 'state', 'started', 'seconds', 'message'],
    run.stages.map((stage) => [stage.stage, stage.state, stage.startedAt, seconds(stage), stage.says]),
  );
  print();
  print(outcomeOf(run));
  if (whyNotAcceptable(run) === undefined) print(wayToAccept(id));
}

function outcomeOf({ state, result, failure }: PipelineRun): string {
  if (failure !== null) return `Failed: ${clean(failure.message)} ${clean(failure.hint)}`;
  if (result === null) return state === 'running' ? 'It is in progress.' : `It was ${state}.`;
  const { model, promoted, verdict } = result;
  return `Version ${model.version} of ${model.name} ${promoted ? 'was promoted' : 'takes no traffic'}. ${clean(verdict)}`;
}

/** How rows that were refused are accepted. */
export function wayToAccept(id: string): string {
  return `If its rows differ on purpose: slipway pipelines accept ${id} --reason "…"`;
}

function secondsOf({ createdAt, endedAt }: Pick<PipelineRun, 'createdAt' | 'endedAt'>): string | null {
  if (endedAt === null) return null;
  return Math.max(0, (Date.parse(endedAt) - Date.parse(createdAt)) / 1000).toFixed(1);
}

function seconds({ seconds: taken }: PipelineRunStage): string | null {
  return taken === null ? null : taken.toFixed(1);
}
