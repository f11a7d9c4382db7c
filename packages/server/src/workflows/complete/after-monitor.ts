import { isFailure } from '@slipway/contract';
import type { PipelineRun } from '../../execution/index.ts';
import type { Database, Endpoint, Stores } from '../../metadata/index.ts';
import { deploymentId, type RolloutState } from '../../stages/deploy/index.ts';
import { holdsSameRows } from '../../stages/label/index.ts';
import type { WindowReport } from '../../stages/monitor/index.ts';
import {
  brokenData,
  decideRetrain,
  performanceHolds,
  type RetrainDecision,
} from '../../stages/retrain/index.ts';
import type { LabelledTraffic, MonitorInput, MonitorOutput } from '../model.ts';
import { keepRunWorked } from '../monitoring/monitoring-runs.ts';
import { policyOf } from '../retraining/policy.ts';
import { propose, withdrawProposal } from '../retraining/retrain-recommendation.ts';
import { pauseInWords, raiseBackoff, retrainingBackoff } from '../retraining/retraining-backoff.ts';
import { trainedOn } from '../retraining/trained-on.ts';
import { firstShip } from '../start/first-ship.ts';
import { startRetrain } from '../start/start-pipeline-run.ts';

/** For a model that no pipeline run is known of. */
const USUAL_BUDGET_SECONDS = 60;

/**
 * Keeps what a monitoring run found, in the transaction that completes its job. Alerts of a version that was replaced while
 * the run was under way are not opened any more.
 */
export async function afterMonitor(
  stores: Stores,
  input: MonitorInput,
  output: MonitorOutput,
  now: number,
): Promise<void> {
  if (output.report !== null) await stores.reports.add(output.report);
  if (input.window !== null) return;
  const outcome = output.report === null ? 'idle' : 'reported';
  await keepRunWorked(stores, input.endpoint, { outcome, now });
  if (!(await isStillThere(stores, input))) return;
  for (const alert of output.raised) {
    const { opened } = await stores.alerts.raise(alert);
    if (opened) await stores.outbox.add({ topic: 'alert.opened', subject: input.endpoint, payload: alert });
  }
  for (const { key, version, reason } of output.resolved) {
    await stores.alerts.resolve(input.endpoint, key, { version, reason });
    await stores.outbox.add({
      topic: 'alert.resolved',
      subject: input.endpoint,
      payload: { key, version, reason },
    });
  }
}

/** Whether the version that was monitored answers at the endpoint, or is being rolled out there. */
async function isStillThere(stores: Stores, { endpoint: name, deployment }: MonitorInput): Promise<boolean> {
  const endpoint = await stores.endpoints.find(name);
  if (endpoint === undefined) return false;
  const rollout = (await stores.rollouts.current(name))?.document as RolloutState | undefined;
  const bundles = [(await stores.endpoints.current(name))?.bundleId, rollout?.bundleId];
  return bundles.some((id) => id !== undefined && deploymentId(endpoint, id) === deployment);
}

/** Whether the run says something of the present that a policy may act on. */
export async function callsForPolicy(
  stores: Stores,
  input: MonitorInput,
  output: MonitorOutput,
): Promise<boolean> {
  return input.window === null && output.report !== null && (await isStillThere(stores, input));
}

/**
 * What the endpoint's policy makes of it: starts a retraining, proposes one, or lets it be. A retraining gets the time
 * that the model's first pipeline run was given.
 */
export async function followPolicy(
  database: Database,
  input: MonitorInput,
  output: MonitorOutput,
  now: number,
): Promise<{ decision: RetrainDecision; pipelineRun: PipelineRun | null }> {
  const { stores } = database;
  const endpoint = await stores.endpoints.get(input.endpoint);
  const decision = decideRetrain(policyOf(endpoint), await signalsOf(stores, endpoint, output, now));
  const { says } = decision;
  await database.transaction(async (inside) => {
    // A rollout may have ended the last one meanwhile.
    await raiseBackoff(inside, endpoint.name);
    await (decision.propose ? propose(inside, endpoint.name, says) : withdrawProposal(inside, endpoint.name));
  });
  if (!decision.retrain || output.fresh === null || input.gather === null)
    return { decision, pipelineRun: null };
  const { sha256, ...labelled } = output.fresh;
  if (!(await holdsRowsOf(stores, endpoint, labelled))) return { decision, pipelineRun: null };
  const upload = await stores.uploads.add({
    sha256,
    filename: `${endpoint.name}-labelled-${labelled.rows}.ndjson`,
    bytes: 0,
    owner: null,
  });
  const first = await firstShip(stores, endpoint.model);
  const budgetSeconds = first?.budgetSeconds ?? USUAL_BUDGET_SECONDS;
  const ask = { endpoint: endpoint.name, uploadId: upload.id, budgetSeconds, seed: first?.seed ?? 1 };
  const asked = startRetrain(database, {
    ...ask,
    by: 'policy',
    reason: says,
    labelledUntil: input.gather.until,
    labelled,
  });
  return { decision, pipelineRun: await asked.catch(nullWhenRunning) };
}

/** False once the dataset was rolled back or replaced since its rows were looked up: the next monitoring run looks again. */
async function holdsRowsOf(
  stores: Stores,
  endpoint: Endpoint,
  { corrected, manifestId }: LabelledTraffic,
): Promise<boolean> {
  if (corrected === 0) return true;
  const line = await stores.datasets.versions(trainedOn(await stores.models.get(endpoint.model)));
  return holdsSameRows(line.at(-1)!, manifestId, line);
}

/** A pipeline run that is under way already will train on newer rows than the last one did; the next look decides again. */
function nullWhenRunning(error: unknown): null {
  if (isFailure(error, 'pipeline-run.running')) return null;
  throw error;
}

type Signal = { fired: boolean; says: string };

async function signalsOf(stores: Stores, endpoint: Endpoint, output: MonitorOutput, now: number) {
  const dataset = trainedOn(await stores.models.get(endpoint.model));
  const [last] = await stores.runs.list({ dataset, parentRunId: null, limit: 1 });
  const quiet = { fired: false, says: 'Quiet.' };
  const report = output.report?.report as WindowReport | undefined;
  return {
    drift: output.signals?.drift ?? quiet,
    performance: output.signals?.performance ?? quiet,
    ...(endpoint.task === 'forecast' && newValues(output.fresh?.rows ?? 0)),
    brokenData: report === undefined ? quiet : brokenData(report),
    performanceHolds: report === undefined ? quiet : performanceHolds(report),
    hoursSinceTraining:
      last === undefined ? null : Math.max(0, (now - Date.parse(last.endedAt ?? last.startedAt)) / 3_600_000),
    rollout: await rolloutUnderWay(stores, endpoint.name),
    backoff: await pauseOf(stores, endpoint, now),
    freshLabels: output.fresh === null ? 0 : output.fresh.rows + output.fresh.corrected,
  };
}

/**
 * A forecast is fitted on all values and goes on from the newest: values that came in are its reason to be trained again,
 * whatever drifts. Nothing of its inputs does but time.
 */
function newValues(rows: number): Record<'drift' | 'performance', Signal> {
  const signal = {
    fired: rows > 0,
    says: `${rows.toLocaleString('en')} values have come in that the forecast does not know yet.`,
  };
  return { drift: signal, performance: signal };
}

/** A candidate that is on its way is decided upon before another one is trained. */
async function rolloutUnderWay(stores: Stores, endpoint: string): Promise<Signal> {
  const rollout = (await stores.rollouts.current(endpoint))?.document as RolloutState | undefined;
  if (rollout === undefined) return { fired: false, says: 'No rollout is under way.' };
  return { fired: true, says: `Version ${rollout.version} is being rolled out. ${rollout.says}` };
}

async function pauseOf(stores: Stores, endpoint: Endpoint, now: number): Promise<Signal> {
  const backoff = await retrainingBackoff(stores, endpoint);
  if (backoff === undefined || now >= backoff.notBefore)
    return { fired: false, says: 'No retraining has to wait.' };
  return { fired: true, says: pauseInWords(backoff) };
}
