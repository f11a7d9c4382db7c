import { fail } from '@slipway/contract';
import type { RawGoal } from '../journey/train/index.ts';
import type { DatasetVersion, ModelVersion, Stores } from '../ledger/index.ts';
import type { Journey } from '../work/index.ts';
import { withColumnsOf } from './columns-of-retraining.ts';
import { firstShip } from './first-ship.ts';
import { forecastWish } from './forecast-wish.ts';
import type { CandidateInput, ForecastWish, FormerLabels, JourneyRequest, TrainingWish } from './model.ts';

/** Queues the training of a journey on a dataset version, and begins its run. */
export async function queueCandidate(
  stores: Stores,
  journey: Journey,
  version: DatasetVersion,
): Promise<void> {
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
    task: options.forecast === undefined ? (options.task ?? 'binary') : 'forecast',
    params: runParams({ ...options, budgetSeconds: request.budgetSeconds, seed: request.seed }),
  });
  return {
    runId: run.id,
    modelName: request.name,
    version: ((await stores.models.find(request.name))?.latestVersion ?? 0) + 1,
    dataset: version.dataset,
    datasetVersion: version.version,
    manifestId: version.manifestId,
    manifest: version.manifest,
    ...(await growthOf(stores, version)),
    target: request.target,
    ...options,
    budgetSeconds: request.budgetSeconds,
    seed: request.seed,
    splitSeed: first?.seed ?? request.seed,
    champion: champion === undefined ? null : { bundleId: champion.bundleId, version: champion.version },
  };
}

/** What a run shows as its parameters: what was asked for. */
export function runParams({
  budgetSeconds,
  seed,
  exclude,
  timeColumn,
  forecast,
  wish = {},
}: Pick<CandidateInput, 'budgetSeconds' | 'seed' | 'exclude' | 'timeColumn' | 'forecast' | 'wish'>): Record<
  string,
  unknown
> {
  const { goal, ...judged } = wish;
  return {
    budgetSeconds,
    seed,
    ...(exclude.length === 0 ? {} : { exclude }),
    ...(timeColumn === null ? {} : { time: timeColumn }),
    ...(forecast && askedOf(forecast)),
    ...judged,
    ...goal,
  };
}

function askedOf({ series, horizon, known }: ForecastWish): Record<string, unknown> {
  return {
    ...(series === null ? {} : { series }),
    ...(horizon === null ? {} : { horizon }),
    ...(known.length === 0 ? {} : { known }),
  };
}

type ShipOptions = Pick<CandidateInput, 'task' | 'timeColumn' | 'exclude' | 'forecast' | 'wish'>;

/** What the journey was told, or for a retraining what the champion was trained with. */
async function optionsOf(
  stores: Stores,
  request: JourneyRequest,
  champion: ModelVersion | undefined,
): Promise<ShipOptions> {
  if (request.kind !== 'retrain') return toldBy(request);
  const trained = champion && (await trainingOf(stores, champion));
  if (trained !== undefined) {
    const { task, timeColumn, exclude, forecast, wish } = trained;
    const options = { task, timeColumn, exclude, ...(forecast && { forecast }), ...(wish && { wish }) };
    return withColumnsOf(options, request);
  }
  const first = await firstShip(stores, request.name);
  if (first === undefined || first.kind === 'retrain') throw fail('model.missing', { name: request.name });
  return withColumnsOf(toldBy(first), request);
}

function toldBy(request: Exclude<JourneyRequest, { kind: 'retrain' }>): ShipOptions {
  const { task, time, exclude } = request.ship;
  const wish = wishOf(request);
  const forecast = forecastWish(request.ship);
  return {
    task: task === undefined || task === 'forecast' ? null : task,
    timeColumn: time ?? null,
    exclude,
    ...(forecast && { forecast }),
    ...(Object.keys(wish).length === 0 ? {} : { wish }),
  };
}

/** What was asked for and is not left out. */
function wishOf(request: Exclude<JourneyRequest, { kind: 'retrain' }>): TrainingWish {
  const { metric, quantile, group, weight, allowLeakage } = request.ship;
  const goal: RawGoal = request.kind === 'train' ? toldGoal(request.ship) : {};
  return {
    ...(metric && { metric }),
    ...(quantile && { quantile }),
    ...(group && { group }),
    ...(weight && { weight }),
    ...(allowLeakage && allowLeakage.length > 0 && { allowLeakage }),
    ...(Object.keys(goal).length > 0 && { goal }),
  };
}

function toldGoal({ learner, params, space, trials }: RawGoal): RawGoal {
  return {
    ...(learner && { learner }),
    ...(params && { params }),
    ...(space && { space }),
    ...(trials && { trials }),
  };
}

/** What the job that trained a version was given; undefined when that is not known. */
async function trainingOf(stores: Stores, { runId }: ModelVersion): Promise<CandidateInput | undefined> {
  const run = runId === null ? undefined : await stores.runs.find(runId);
  if (run?.journeyId == null) return undefined;
  const jobs = await stores.jobs.list({ journeyId: run.journeyId, kind: 'candidate', state: 'done' });
  return jobs[0]?.input as CandidateInput | undefined;
}

type Growth = Pick<CandidateInput, 'increments' | 'labelled'>;

/** Rows that each version along the line of parents added, oldest first, and what each labelling was made on. */
async function growthOf(stores: Stores, version: DatasetVersion): Promise<Growth> {
  const increments: number[] = [];
  const labelled: FormerLabels[] = [];
  let before: DatasetVersion | undefined;
  for (const one of await lineOf(stores, version)) {
    const { lineage, rows } = one.manifest;
    if (lineage.format === 'labels' && before !== undefined)
      labelled.push({ increments: increments.length, manifest: before.manifest });
    else increments.push(rows - (before?.manifest.rows ?? 0));
    before = one;
  }
  return { increments, ...(labelled.length === 0 ? {} : { labelled }) };
}

/** A version and its parents, oldest first. */
async function lineOf(stores: Stores, version: DatasetVersion): Promise<DatasetVersion[]> {
  const byManifest = new Map(
    (await stores.datasets.versions(version.dataset)).map((one) => [one.manifestId, one]),
  );
  const line: DatasetVersion[] = [];
  for (let at: DatasetVersion | undefined = version; at !== undefined; ) {
    line.unshift(at);
    at = at.manifest.parent === null ? undefined : byManifest.get(at.manifest.parent);
  }
  return line;
}
