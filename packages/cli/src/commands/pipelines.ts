import { type Journey, type JourneyStage, journeyStateSchema } from '@slipway/contract';
import { type Command, Option } from 'commander';
import { connect } from '../connect.ts';
import { type CommonOptions, common, wholeNumber } from '../options.ts';
import { answer, clean, print, say, table } from '../talk.ts';

type ListOptions = CommonOptions & { name?: string; state?: Journey['state']; limit: number };

export function addPipelineCommands(program: Command): void {
  const pipelines = program
    .command('pipelines')
    .description('Pipeline runs: what each ship, training and retraining did, stage by stage.');
  common(pipelines.command('list'))
    .description('List the pipeline runs, newest first.')
    .option('--name <name>', 'of one dataset, model and endpoint')
    .addOption(new Option('--state <state>', 'in one state').choices(journeyStateSchema.options))
    .option('--limit <n>', 'at most so many', wholeNumber, 50)
    .action(async ({ name, state, limit, ...options }: ListOptions) => {
      const query = { ...(name && { name }), ...(state && { state }), limit };
      const found = await (await connect(options)).call['journeys.list']({ query });
      answer(found, options.json, () =>
        table(
          ['pipeline run', 'kind', 'name', 'state', 'stage', 'by', 'started', 'seconds'],
          found.journeys.map((run) => [
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
    .description(
      'Show a pipeline run: who or what started it, its stages with their times, and what came of it.',
    )
    .argument('<pipeline run>', 'such as jny_01…; pipelines list names them')
    .action(async (id: string, options: CommonOptions) => {
      const run = await (await connect(options)).call['journeys.get']({ params: { id }, query: {} });
      answer(run, options.json, () => show(run));
    });
  common(pipelines.command('cancel'))
    .description('Stop a pipeline run that is under way.')
    .argument('<pipeline run>')
    .action(async (id: string, options: CommonOptions) => {
      const run = await (await connect(options)).call['journeys.cancel']({ params: { id } });
      answer(run, options.json, () => say(`Pipeline run ${run.id} of ${run.name} is ${run.state}.`));
    });
}

function show(run: Journey): void {
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
}

function outcomeOf({ state, result, failure }: Journey): string {
  if (failure !== null) return `Failed: ${clean(failure.message)} ${clean(failure.hint)}`;
  if (result === null) return state === 'running' ? 'It is under way.' : `It was ${state}.`;
  const { model, promoted, verdict } = result;
  return `Version ${model.version} of ${model.name} ${promoted ? 'was promoted' : 'takes no traffic'}. ${clean(verdict)}`;
}

function secondsOf({ createdAt, endedAt }: Pick<Journey, 'createdAt' | 'endedAt'>): string | null {
  if (endedAt === null) return null;
  return Math.max(0, (Date.parse(endedAt) - Date.parse(createdAt)) / 1000).toFixed(1);
}

function seconds({ seconds: taken }: JourneyStage): string | null {
  return taken === null ? null : taken.toFixed(1);
}
