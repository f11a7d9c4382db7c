import { fail } from '@slipway/contract';
import type { DatasetVersion, ModelVersion, Stores } from '../ledger/index.ts';
import type { Journey } from '../work/index.ts';
import { firstShip } from './first-ship.ts';
import type { CandidateInput, IngestInput, IngestOutput, JourneyRequest, StageNews } from './model.ts';
import { recordVersion } from './record-version.ts';
import { refuseTarget } from './refuse-target.ts';

/**
 * What follows when a file has been ingested, in the transaction that completes the job: the dataset version is
 * recorded and, on a journey, training is queued. Throws what {@link refuseTarget} throws, and `dataset.moved` when the
 * dataset grew since the job was asked for; then nothing is recorded.
 */
export async function afterIngest(
  stores: Stores,
  journeyId: string | null,
  input: IngestInput,
  output: IngestOutput,
): Promise<void> {
  const journey = journeyId === null ? undefined : await stores.journeys.get(journeyId);
  const request = journey?.request as JourneyRequest | undefined;
  if (request?.kind === 'ship') refuseTarget(output, request);
  const version = await recordVersion(stores, input, output);
  if (journey?.state !== 'running') return;
  await stores.journeys.endStage(journey.id, 'ingest', 'done', ingestNews(version, output));
  await stores.jobs.enqueue('candidate', await candidateInput(stores, journey, version), {
    journeyId: journey.id,
  });
}

async function candidateInput(
  stores: Stores,
  journey: Journey,
  version: DatasetVersion,
): Promise<CandidateInput> {
  const request = journey.request as JourneyRequest;
  const champion = await stores.models.aliased(request.name, 'champion').catch(() => undefined);
  const options = await optionsOf(stores, request, champion);
  const first = await firstShip(stores, request.name);
  const run = await stores.runs.create({
    name: request.name,
    journeyId: journey.id,
    dataset: version.dataset,
    datasetVersion: version.version,
    target: request.target,
    task: options.task ?? 'binary',
    params: { budgetSeconds: request.budgetSeconds, seed: request.seed, exclude: options.exclude },
  });
  return {
    runId: run.id,
    modelName: request.name,
    version: ((await stores.models.find(request.name))?.latestVersion ?? 0) + 1,
    dataset: version.dataset,
    datasetVersion: version.version,
    manifestId: version.manifestId,
    manifest: version.manifest,
    increments: await incrementsOf(stores, version),
    target: request.target,
    ...options,
    budgetSeconds: request.budgetSeconds,
    seed: request.seed,
    splitSeed: first?.seed ?? request.seed,
    champion: champion === undefined ? null : { bundleId: champion.bundleId, version: champion.version },
  };
}

type ShipOptions = Pick<CandidateInput, 'task' | 'timeColumn' | 'exclude'>;

/** What the journey was told, or for a retraining what the champion was trained with. */
async function optionsOf(
  stores: Stores,
  request: JourneyRequest,
  champion: ModelVersion | undefined,
): Promise<ShipOptions> {
  if (request.kind === 'ship') return toldBy(request);
  const trained = champion && (await trainingOf(stores, champion));
  if (trained !== undefined) {
    const { task, timeColumn, exclude } = trained;
    return { task, timeColumn, exclude };
  }
  const first = await firstShip(stores, request.name);
  if (first?.kind !== 'ship') throw fail('model.missing', { name: request.name });
  return toldBy(first);
}

function toldBy({ ship }: Extract<JourneyRequest, { kind: 'ship' }>): ShipOptions {
  const { task, time, exclude } = ship;
  return { task: task === undefined || task === 'forecast' ? null : task, timeColumn: time ?? null, exclude };
}

/** What the job that trained a version was given; undefined when that is not known. */
async function trainingOf(stores: Stores, { runId }: ModelVersion): Promise<CandidateInput | undefined> {
  const run = runId === null ? undefined : await stores.runs.find(runId);
  if (run?.journeyId == null) return undefined;
  const jobs = await stores.jobs.list({ journeyId: run.journeyId, kind: 'candidate', state: 'done' });
  return jobs[0]?.input as CandidateInput | undefined;
}

/** Rows that each version along the line of parents added, oldest first. */
async function incrementsOf(stores: Stores, version: DatasetVersion): Promise<number[]> {
  const byManifest = new Map(
    (await stores.datasets.versions(version.dataset)).map((one) => [one.manifestId, one]),
  );
  const increments: number[] = [];
  for (let at: DatasetVersion | undefined = version; at !== undefined; ) {
    const parent: DatasetVersion | undefined =
      at.manifest.parent === null ? undefined : byManifest.get(at.manifest.parent);
    increments.unshift(at.manifest.rows - (parent?.manifest.rows ?? 0));
    at = parent;
  }
  return increments;
}

function ingestNews(version: DatasetVersion, output: IngestOutput): StageNews {
  const { manifest } = output;
  const columns = manifest.schema.columns.length;
  return {
    stage: 'ingest',
    state: 'done',
    says: `${manifest.rows.toLocaleString('en')} rows and ${columns} columns are version ${version.version} of ${version.dataset}.`,
    progress: 1,
    seconds: output.seconds,
    facts: {
      dataset: version.dataset,
      version: version.version,
      manifest: output.manifestId,
      rows: manifest.rows,
      columns,
      bytes: manifest.bytes,
      format: manifest.lineage.format,
      roles: countBy(manifest.schema.columns.map((column) => column.role)),
      notes: output.profile.columns
        .flatMap((column) => column.notes.map((note) => `${column.name}: ${note}`))
        .slice(0, 20),
    },
  };
}

function countBy(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
