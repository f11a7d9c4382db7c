import {
  isFailure,
  type PipelineRun,
  refuseUnsupportedTraining,
  type ShipResult,
  type TaskName,
} from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import type { Command } from 'commander';
import { follow } from '../follow.ts';
import { type Interruption, interruption } from '../interruption.ts';
import { type CommonOptions, common, gather, seconds, wholeNumber } from '../options.ts';
import { answer, say } from '../output.ts';
import type { PlatformProcess, UpOptions } from '../platform.ts';
import { previewAlone } from '../preview.ts';
import { type ReadingFlags, readOptionsOf, withReading } from '../reading-options.ts';
import { EXIT_REFUSED } from '../report-failure.ts';
import { shownHorizon, showShipped } from '../show-shipped.ts';
import { refuseUnreadableTable, type TableSource, uploaded } from '../table-source.ts';
import { judgingOf, oneTarget, type TrainingOptions, taskName, withTraining } from '../training-options.ts';
import { untilStopped } from '../until-stopped.ts';
import { onPlatform } from '../use-platform.ts';
import { sameFlags, withPorts } from './up.ts';

type Options = CommonOptions &
  UpOptions &
  TrainingOptions &
  ReadingFlags & {
    target: string;
    task?: TaskName;
    horizon?: number;
    series?: string;
    known?: string[];
    budget: number;
    seed: number;
    exit?: boolean;
  };

export function addShipCommand(program: Command): void {
  const ship = withTraining(withPorts(common(program.command('ship'))))
    .description('Turn a table into a monitored endpoint: the whole lifecycle in one command.')
    .argument(
      '<table>',
      'a file (CSV, TSV, JSON, NDJSON or Parquet, also gzipped), or a dataset that exists, as NAME or NAME@VERSION',
    )
    .option('--target <column>', 'the column to predict', oneTarget)
    .option(
      '--task <task>',
      'what kind of prediction: binary, multiclass, regression or forecast (inferred)',
      taskName,
    )
    .option('--horizon <n>', 'forecast: steps ahead', wholeNumber)
    .option('--series <column>', 'forecast: column that names the series, or several separated by commas')
    .option('--known <columns>', 'forecast: columns whose future is known, such as holidays', gather)
    .option('--budget <time>', 'time for training, such as 60s or 5m', seconds, 60)
    .option('--seed <n>', 'seed of the random numbers; the same seed makes the same choices', wholeNumber, 1)
    .option('--exit', 'end the platform when done, if this command started it')
    .action(async (table: string, options: Options) => {
      refuseUnsupportedTraining(options);
      await refuseUnreadableTable(table, options);
      const interrupted = interruption();
      const { signal } = interrupted;
      if (options.preview) return previewAlone(table, options, readOptionsOf(options), signal);
      const temporary = options.exit === true;
      const ship = shipping(table, options, interrupted);
      const { platform } = await onPlatform({ ...options, temporary }, signal, ship);
      try {
        if (platform !== undefined && !options.exit) await keepRunning(platform, signal);
      } finally {
        await platform?.stop();
      }
    });
  withReading(ship);
}

/** The work of the command, which goes on from where it was when it is called again. */
function shipping(
  table: string,
  options: Options,
  interrupted: Interruption,
): (client: Client) => Promise<void> {
  let source: TableSource | undefined;
  let started: PipelineRun | undefined;
  return async (client) => {
    source ??= await uploaded(client, table, options, interrupted.signal);
    const body = { ...requestOf(options), ...source };
    started ??= await whenFree(client, options, interrupted.signal, () =>
      client.call['pipelineRuns.ship']({ body }),
    );
    const pipelineRun = await follow(client, started, interrupted, options.json);
    const result = await withToken(client, pipelineRun);
    const steps = await shownHorizon(client, result);
    answer(result, options.json, () => showShipped(result, sameFlags(options), steps));
    if (pipelineRun.state === 'refused') process.exitCode = EXIT_REFUSED;
  };
}

function requestOf(options: Options) {
  const { target, task, horizon, series, known, budget, seed } = options;
  return {
    ...judgingOf(options),
    ...{ target, task, horizon, series, known, budgetSeconds: budget, seed },
    read: readOptionsOf(options),
  };
}

/**
 * Begins a pipeline run. With --exit, as scripts give it, one of the same name that is under way is waited for; otherwise that throws
 * `pipeline-run.running`.
 */
async function whenFree(
  client: Client,
  { exit }: Options,
  signal: AbortSignal,
  begin: () => Promise<PipelineRun>,
): Promise<PipelineRun> {
  for (;;) {
    try {
      return await begin();
    } catch (error) {
      if (!exit || !isFailure(error, 'pipeline-run.running')) throw error;
      const { name, id } = error.details as { name: string; id: string };
      say(`A pipeline run of ${name} is under way (${id}); this one begins when it has ended.`);
      await untilEnded(client, id, signal);
    }
  }
}

/** However it ends: that is told by who asked for it. */
async function untilEnded(client: Client, id: string, signal: AbortSignal): Promise<void> {
  for (let after: string | undefined; ; ) {
    const { state, tag } = await client.call['pipelineRuns.get'](
      { params: { id }, query: { after } },
      { signal },
    );
    if (state !== 'running') return;
    after = tag;
  }
}

/** The result with a token for the endpoint. The server keeps only hashes, so the one shown here is made here. */
async function withToken(client: Client, pipelineRun: PipelineRun): Promise<ShipResult> {
  const result = pipelineRun.result!;
  if (result.endpoint === null) return result;
  const { name } = result.endpoint;
  const { secret } = await client.call['tokens.create']({ params: { name }, body: { name: 'ship' } });
  return { ...result, endpoint: { ...result.endpoint, token: secret } };
}

async function keepRunning(platform: PlatformProcess, signal: AbortSignal): Promise<void> {
  say('\nSlipway keeps running. Ctrl-C stops it.');
  const code = await untilStopped(platform, signal);
  process.exitCode ??= code;
}
