import { fail, isOpenRollout, type Job, type OptimizationResult, type ReadOptions } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { connect } from '../connect.ts';
import { untilDone } from '../follow-job.ts';
import { modelVersion, type WantedModel } from '../model-version.ts';
import { type CommonOptions, common } from '../options.ts';
import { answer, bytes, clean, figure, print, say, table } from '../output.ts';
import { previewFile } from '../preview.ts';
import { type ReadingFlags, readOptionsOf, refuseReading, withReading } from '../reading-options.ts';
import { saysOf } from '../show-rollout.ts';
import { isFile, sourceOf } from '../table-source.ts';
import { refuseUnreadable, uploadFile } from '../upload.ts';
import { sameFlags } from './up.ts';

const PREFERENCES = ['balanced', 'size', 'speed'] as const;

type OptimizeOptions = CommonOptions &
  ReadingFlags & {
    maxLoss: number;
    prefer: (typeof PREFERENCES)[number];
    on?: string;
    calibration?: string;
    target?: string;
    unverified?: boolean;
    deploy?: boolean;
    endpoint?: string;
  };

export function addOptimizeCommand(program: Command): void {
  const optimize = common(program.command('optimize'))
    .description(
      'Search for a smaller or faster variant of a model within a quality limit; the best becomes a new version.',
    )
    .argument('<model[@version]>', 'such as digits or digits@2; default: the newest version', modelVersion)
    .option(
      '--max-loss <share>',
      'acceptable loss of the quality metric, such as 0.5% (default 0.5%)',
      share,
      0.005,
    )
    .addOption(new Option('--prefer <what>', 'what counts more').choices(PREFERENCES).default('balanced'))
    .option(
      '--on <data>',
      'labelled rows to evaluate on: a file, or a dataset (the rows held out of the training)',
    )
    .option('--calibration <data>', 'calibration rows for imported models: a file, or a dataset')
    .option('--target <column>', 'label column, for imported models')
    .option('--unverified', 'accept variants that were evaluated on generated random rows only')
    .option('--deploy', 'deploy the new version to the endpoint')
    .option('--endpoint <name>', 'name of the endpoint (as the model)')
    .action(async (wanted: WantedModel, options: OptimizeOptions) => {
      const file = [options.on, options.calibration].find((data) => data !== undefined && isFile(data));
      if (file === undefined) refuseReading(options, 'neither --on nor --calibration is one');
      const read = readOptionsOf(options);
      const client = await connect(options);
      if (options.preview && file !== undefined) return preview(client, file, wanted, { ...options, read });
      const { maxLoss, prefer, target, unverified = false } = options;
      const on = await dataOf(client, options.on, read);
      const calibration = await dataOf(client, options.calibration, read);
      const started = await client.call['models.optimize']({
        params: { name: wanted.model },
        body: { version: wanted.version, maxLoss, prefer, on, calibration, target, unverified },
      });
      const job = await untilDone(client, started.id, options.json ? undefined : teller());
      const result = job.output as OptimizationResult;
      const version = result.bundleId === null ? null : await versionOf(client, result);
      const deployed =
        version !== null && options.deploy
          ? await client.call['endpoints.deploy']({
              body: { model: result.model, version, endpoint: options.endpoint },
            })
          : null;
      answer({ ...result, version, endpoint: deployed?.name ?? null }, options.json, () => {
        show(result);
        if (version === null) return;
        say(`Version ${version} of ${result.model} is registered.`);
        if (deployed !== null && isOpenRollout(deployed.rollout))
          say(saysOf(deployed.rollout, deployed.name));
        else if (deployed !== null) say(`It answers at ${deployed.url}`);
        else say(`Next: slipway deploy ${result.model}@${version}${sameFlags(options)}`);
      });
    });
  withReading(optimize);
}

/** Shows a file as it would be read for the model. */
async function preview(
  client: Client,
  file: string,
  { model, version }: WantedModel,
  { read, json }: { read: ReadOptions | undefined; json?: boolean | undefined },
): Promise<void> {
  await refuseUnreadable(file);
  await previewFile(client, file, { read, json }, { model, ...(version !== undefined && { version }) });
}

/** `0.5%` or `0.005`. */
function share(text: string): number {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
  const value = match === null ? Number.NaN : Number(match[1]) / (match[2] === '%' ? 100 : 1);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Write it as 0.5% or 0.005, between 0 and 100%.');
}

async function dataOf(client: Client, data: string | undefined, read: ReadOptions | undefined) {
  if (data === undefined) return undefined;
  if (isFile(data)) {
    await refuseUnreadable(data);
    return { uploadId: await uploadFile(client, data), read };
  }
  const { dataset } = await sourceOf(client, data, { signal: new AbortController().signal });
  const { name, version } = dataset!;
  return { dataset: name, ...(typeof version === 'number' && { version }) };
}

/** Tells each technique as it is tried. */
function teller(): (job: Job) => void {
  let last = '';
  return ({ progress }) => {
    const says = typeof progress?.says === 'string' ? progress.says : '';
    if (says === last || says === '') return;
    last = says;
    say(`trying: ${clean(says)}`);
  };
}

async function versionOf(client: Client, { model, bundleId }: OptimizationResult): Promise<number> {
  const { versions } = await client.call['models.get']({ params: { name: model } });
  const made = versions.find((version) => version.bundleId === bundleId);
  if (made === undefined) throw fail('model.version-missing', { name: model, version: 'that was just made' });
  return made.version;
}

const MARKS: Partial<Record<OptimizationResult['table'][number]['outcome'], string>> = {
  chosen: '→ ',
};

function show({ table: trials, judgedBy, says, from, model }: OptimizationResult): void {
  print(
    `${model}@${from.version}, judged by ${judgedBy.metric} on ${judgedBy.data} (limit ${figure(judgedBy.worst)})`,
  );
  table(
    ['', 'technique', 'size', 'one row', '1,000 rows', 'memory', judgedBy.metric, '', ''],
    trials.map((trial) => [
      MARKS[trial.outcome] ?? '',
      trial.technique,
      trial.bytes === null ? null : bytes(trial.bytes),
      duration(trial.oneRowMicroseconds),
      duration(trial.thousandRowsMicroseconds),
      trial.memoryBytes === null ? null : bytes(trial.memoryBytes),
      figure(trial.quality),
      trial.outcome,
      trial.says,
    ]),
  );
  say(says);
}

function duration(microseconds: number | null): string | null {
  if (microseconds === null) return null;
  return microseconds < 1000
    ? `${microseconds.toPrecision(3)} µs`
    : `${(microseconds / 1000).toPrecision(3)} ms`;
}
