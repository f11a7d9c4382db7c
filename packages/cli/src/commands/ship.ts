import { fail, type Journey, type ShipResult } from '@slipway/contract';
import { type Client, createClient, followJourney } from '@slipway/sdk';
import { type Command, Option } from 'commander';
import { findServer, tokenFor } from '../connect.ts';
import { interruption } from '../interruption.ts';
import { type CommonOptions, common, gather, seconds, wholeNumber } from '../options.ts';
import { type PlatformProcess, startPlatform, type UpOptions } from '../platform.ts';
import { journeyProgress } from '../progress.ts';
import { EXIT_REFUSED } from '../report-failure.ts';
import { showShipped } from '../show-shipped.ts';
import { answer, say } from '../talk.ts';
import { untilStopped } from '../until-stopped.ts';
import { refuseUnreadable, uploadFile } from '../upload.ts';
import { sameFlags, withPorts } from './up.ts';

type Options = CommonOptions &
  UpOptions & {
    target: string;
    name?: string;
    task?: 'binary' | 'multiclass' | 'regression' | 'forecast';
    time?: string;
    horizon?: number;
    series?: string;
    budget: number;
    seed: number;
    exclude?: string[];
    exit?: boolean;
  };

export function addShipCommand(program: Command): void {
  withPorts(common(program.command('ship')))
    .description('Take a table to a monitored endpoint: one command, the whole journey.')
    .argument('<file>', 'CSV, TSV, JSON, NDJSON or Parquet, also gzipped')
    .requiredOption('--target <column>', 'the column to predict')
    .option('--name <name>', 'name of dataset, model and endpoint (from the file name)')
    .addOption(
      new Option('--task <task>', 'what kind of prediction (inferred)').choices([
        'binary',
        'multiclass',
        'regression',
        'forecast',
      ]),
    )
    .option('--time <column>', 'column that orders the rows in time: the latest are held out')
    .option('--horizon <n>', 'forecast: steps ahead', wholeNumber)
    .option('--series <column>', 'forecast: column that names the series')
    .option('--budget <time>', 'time for training, such as 60s or 5m', seconds, 60)
    .option('--seed <n>', 'makes the same choices again', wholeNumber, 1)
    .option(
      '--exclude <columns>',
      'columns the model may not use, such as those known only afterwards',
      gather,
    )
    .option('--exit', 'end the platform when done, if this command started it')
    .action(async (file: string, options: Options) => {
      await refuseUnreadable(file);
      const { signal } = interruption();
      const { server, platform } = await usePlatform(options, signal);
      try {
        const client = createClient({ server, token: await tokenFor(options) });
        await shipFile(client, file, options, signal);
        if (platform !== undefined && !options.exit) await keepRunning(platform, signal);
      } finally {
        await platform?.stop();
      }
    });
}

/** The platform that runs already, or one that is started for this command. */
async function usePlatform(
  options: Options,
  signal: AbortSignal,
): Promise<{ server: string; platform: PlatformProcess | undefined }> {
  const running = await findServer(options);
  if (running !== undefined) return { server: running, platform: undefined };
  say('Starting Slipway …');
  const platform = await startPlatform(options, signal);
  return { server: platform.ready.url, platform };
}

async function shipFile(client: Client, file: string, options: Options, signal: AbortSignal): Promise<void> {
  const uploadId = await uploadFile(client, file, signal);
  const { name, target, task, time, horizon, series, budget, seed, exclude } = options;
  const started = await client.call['journeys.ship']({
    body: { name, uploadId, target, task, time, horizon, series, budgetSeconds: budget, seed, exclude },
  });
  const journey = await follow(client, started, signal);
  const result = await withToken(client, journey);
  answer(result, options.json, () => showShipped(result, sameFlags(options)));
  if (journey.state === 'refused') process.exitCode = EXIT_REFUSED;
}

/** Follows a journey with a display; `signal` cancels it. Throws what made it fail. */
export async function follow(client: Client, started: Journey, signal: AbortSignal): Promise<Journey> {
  const progress = journeyProgress();
  const params = { id: started.id };
  try {
    const journey = await followJourney(client, started.id, progress.show, { signal });
    if (journey.state === 'cancelled') throw fail('job.cancelled');
    return journey;
  } catch (error) {
    if (signal.aborted) await client.call['journeys.cancel']({ params });
    throw error;
  } finally {
    progress.end();
  }
}

/** The result with a token for the endpoint. The server keeps only hashes, so the one shown here is made here. */
async function withToken(client: Client, journey: Journey): Promise<ShipResult> {
  const result = journey.result!;
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
