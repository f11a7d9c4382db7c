import { fail, formatGate, recencyInWords } from '@slipway/contract';
import type { Job, PipelineRun } from '../../execution/index.ts';
import type { DatasetVersion, ModelVersion, Stores } from '../../metadata/index.ts';
import type { GivenConfiguration } from '../../stages/train/index.ts';
import type { ValidationReport } from '../../stages/validate/index.ts';
import { championFor } from '../deploy/champion-for.ts';
import type {
  CandidateInput,
  CandidateOutput,
  CandidateValidation,
  ChampionRef,
  ForecastOptions,
  PipelineRunRequest,
  TrainingWish,
} from '../model.ts';
import { withColumnsOf } from '../retraining/columns-of-retraining.ts';
import { growthOf, growthShared } from '../retraining/dataset-growth.ts';
import { firstShip } from '../start/first-ship.ts';
import { forecastOptionsOf } from '../start/forecast-options.ts';
import { modelOf } from '../start/names-of-request.ts';
import { askedValidation } from '../validation/asked-validation.ts';
import {
  COMPARISON_SETS,
  gatesOnHoldout,
  refuseGateColumns,
  settleValidation,
} from '../validation/settle-validation.ts';

/** Queues the training of a pipeline run on a dataset version, and begins its run. */
export async function queueCandidate(
  stores: Stores,
  pipelineRun: PipelineRun,
  version: DatasetVersion,
): Promise<void> {
  await stores.jobs.enqueue('candidate', await candidateInput(stores, pipelineRun, version), {
    pipelineRunId: pipelineRun.id,
  });
}

async function candidateInput(
  stores: Stores,
  pipelineRun: PipelineRun,
  version: DatasetVersion,
): Promise<CandidateInput> {
  const request = pipelineRun.request as PipelineRunRequest;
  const champion = await championFor(stores, request);
  const model = modelOf(request);
  const options = await optionsOf(stores, request, champion);
  const first = await firstShip(stores, model);
  const validation = await validationOf(stores, request, version, options, champion);
  const retraining = retrainingOf(request);
  const { reading } = await readingOf(stores, request, champion);
  const run = await stores.runs.create({
    name: model,
    pipelineRunId: pipelineRun.id,
    dataset: version.dataset,
    datasetVersion: version.version,
    target: request.target,
    task: options.forecast === undefined ? (reading?.task ?? options.task ?? 'binary') : 'forecast',
    params: runParams({
      ...options,
      ...validation,
      ...retraining,
      budgetSeconds: request.budgetSeconds,
      seed: request.seed,
    }),
  });
  return {
    runId: run.id,
    modelName: model,
    version: ((await stores.models.find(model))?.latestVersion ?? 0) + 1,
    dataset: version.dataset,
    datasetVersion: version.version,
    manifestId: version.manifestId,
    manifest: version.manifest,
    ...(await growthOf(stores, version)),
    target: request.target,
    ...options,
    ...validation,
    budgetSeconds: request.budgetSeconds,
    seed: request.seed,
    splitSeed: first?.seed ?? request.seed,
    champion: champion === undefined ? null : await championRef(stores, champion, version),
    ...retraining,
    ...(reading && { reading }),
  };
}

async function championRef(
  stores: Stores,
  champion: ModelVersion,
  version: DatasetVersion,
): Promise<ChampionRef> {
  const shared = await growthShared(stores, champion, version);
  return { bundleId: champion.bundleId, version: champion.version, ...shared };
}

function retrainingOf(
  request: PipelineRunRequest,
): Pick<CandidateInput, 'recent' | 'acceptShift' | 'acceptance' | 'isRetraining'> {
  if (request.kind !== 'retrain') return {};
  const { recent, acceptShift, accepts, by, reason } = request;
  return {
    isRetraining: true,
    ...(recent && { recent }),
    ...(acceptShift && { acceptShift }),
    ...(accepts !== undefined && { acceptance: { by, reason } }),
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
  validateOn,
  gates,
  defaultGates,
  recent,
  acceptShift,
  acceptance,
}: Pick<
  CandidateInput,
  | 'budgetSeconds'
  | 'seed'
  | 'exclude'
  | 'timeColumn'
  | 'forecast'
  | 'wish'
  | 'recent'
  | 'acceptShift'
  | 'acceptance'
  | keyof CandidateValidation
>): Record<string, unknown> {
  const { goal, ...judged } = wish;
  return {
    budgetSeconds,
    seed,
    ...(exclude.length === 0 ? {} : { exclude }),
    ...(timeColumn === null ? {} : { time: timeColumn }),
    ...(forecast && askedOf(forecast)),
    ...(recent && { recent: recencyInWords(recent) }),
    ...(acceptShift && { acceptShift }),
    ...(acceptance && { acceptedBecause: acceptance.reason }),
    ...judged,
    ...goal,
    ...(validateOn && { validateOn: validateOn.map(({ dataset, version }) => `${dataset}@${version}`) }),
    ...(gates && { gates: gates.map(formatGate) }),
    ...(defaultGates === false && { defaultGates }),
  };
}

function askedOf({ series, horizon, known }: ForecastOptions): Record<string, unknown> {
  return {
    ...(series === null ? {} : { series }),
    ...(horizon === null ? {} : { horizon }),
    ...(known.length === 0 ? {} : { known }),
  };
}

type ShipOptions = Pick<CandidateInput, 'task' | 'timeColumn' | 'exclude' | 'forecast' | 'wish'>;

/** What the pipeline run was told, or for a retraining what the champion was trained with. */
async function optionsOf(
  stores: Stores,
  request: PipelineRunRequest,
  champion: ModelVersion | undefined,
): Promise<ShipOptions> {
  if (request.kind !== 'retrain') return toldBy(request);
  const trained = champion && (await trainingOf(stores, champion));
  if (trained !== undefined) {
    const { task, timeColumn, exclude, forecast, wish } = trained;
    const options = { task, timeColumn, exclude, ...(forecast && { forecast }), ...(wish && { wish }) };
    return withRefit(withColumnsOf(options, request), request.refit);
  }
  const model = modelOf(request);
  const first = await firstShip(stores, model);
  if (first === undefined || first.kind === 'retrain') throw fail('model.missing', { name: model });
  return withRefit(withColumnsOf(toldBy(first), request), request.refit);
}

/** With another word on the refit, where there is one. */
function withRefit(options: ShipOptions, refit: boolean | undefined): ShipOptions {
  if (refit === undefined) return options;
  const { refit: _, ...others } = options.wish ?? {};
  return { ...options, wish: refit ? others : { ...others, refit } };
}

function toldBy(request: Exclude<PipelineRunRequest, { kind: 'retrain' }>): ShipOptions {
  const { task, time, exclude } = request.ship;
  const wish = wishOf(request);
  const forecast = forecastOptionsOf(request.ship);
  return {
    task: task === undefined || task === 'forecast' ? null : task,
    timeColumn: time ?? null,
    exclude,
    ...(forecast && { forecast }),
    ...(Object.keys(wish).length === 0 ? {} : { wish }),
  };
}

/** Sets and gates, settled. Throws what {@link settleValidation} and {@link refuseGateColumns} throw. */
async function validationOf(
  stores: Stores,
  request: PipelineRunRequest,
  { dataset, manifest: { schema } }: DatasetVersion,
  { forecast, task }: ShipOptions,
  champion: ModelVersion | undefined,
): Promise<CandidateValidation> {
  const { target } = request;
  const trained = champion && (await trainingOf(stores, champion));
  const validation = await settleValidation(stores, askedValidation(request, trained), {
    target,
    task: forecast === undefined ? (task ?? undefined) : 'forecast',
    further: request.kind === 'retrain' ? COMPARISON_SETS : [],
  });
  refuseGateColumns(gatesOnHoldout(validation.gates), { dataset, schema, target });
  return withInheritance(validation, request);
}

/** Marks the sets of a retraining that are those of the champion's training. */
function withInheritance(validation: CandidateValidation, request: PipelineRunRequest): CandidateValidation {
  const { validateOn } = validation;
  if (validateOn === undefined || request.kind !== 'retrain') return validation;
  if (request.validation?.validateOn !== undefined) return validation;
  return { ...validation, validateOn: validateOn.map((set) => ({ ...set, isInherited: true })) };
}

/** What was asked for and is not left out. */
function wishOf(request: Exclude<PipelineRunRequest, { kind: 'retrain' }>): TrainingWish {
  const { metric, quantile, group, weight, refit, costs, threshold, fairness, allowLeakage } = request.ship;
  const goal: GivenConfiguration = request.kind === 'train' ? toldGoal(request.ship) : {};
  return {
    ...(metric && { metric }),
    ...(quantile && { quantile }),
    ...(group && { group }),
    ...(weight && { weight }),
    ...(refit === false && { refit }),
    ...(costs && { costs }),
    ...(threshold !== undefined && { threshold }),
    ...(fairness && { fairness }),
    ...(allowLeakage && allowLeakage.length > 0 && { allowLeakage }),
    ...(Object.keys(goal).length > 0 && { goal }),
  };
}

function toldGoal({ learner, params, space, trials }: GivenConfiguration): GivenConfiguration {
  return {
    ...(learner && { learner }),
    ...(params && { params }),
    ...(space && { space }),
    ...(trials && { trials }),
  };
}

/** How the champion of a retraining reads the target. */
async function readingOf(
  stores: Stores,
  { kind }: PipelineRunRequest,
  champion: ModelVersion | undefined,
): Promise<Pick<CandidateInput, 'reading'>> {
  const output = kind === 'retrain' && champion ? (await trainingJob(stores, champion))?.output : undefined;
  if (output == null) return {};
  const { task, report } = output as CandidateOutput;
  const { classes } = (report ?? {}) as Partial<ValidationReport>;
  if (task === 'forecast' || classes === undefined) return {};
  return { reading: { version: champion!.version, task, classes: [...classes] } };
}

/** What the job that trained a version was given; undefined when that is not known. */
export async function trainingOf(stores: Stores, version: ModelVersion): Promise<CandidateInput | undefined> {
  return (await trainingJob(stores, version))?.input as CandidateInput | undefined;
}

async function trainingJob(stores: Stores, { runId }: ModelVersion): Promise<Job | undefined> {
  const run = runId === null ? undefined : await stores.runs.find(runId);
  if (run?.pipelineRunId == null) return undefined;
  const [job] = await stores.jobs.list({
    pipelineRunId: run.pipelineRunId,
    kind: 'candidate',
    state: 'done',
  });
  return job;
}
