import { type ShipResult, whyNotAcceptable } from '@slipway/contract';
import type { PipelineRun } from '../../execution/index.ts';
import { isoTime } from '../../kernel/index.ts';
import type { Alert, Endpoint, EndpointRollout, NewAlert, Stores } from '../../metadata/index.ts';
import type { PipelineRunRequest } from '../model.ts';
import { pipelineRunView } from '../pipeline-runs/pipeline-run-view.ts';
import { policyOf } from './policy.ts';

const KEY = 'retrain:not-promoted';
const HOUR_MS = 3_600_000;
/** A cooldown of less is no protection against a loop. */
const LEAST_HOURS = 1;
/** However often retrainings are not promoted, one is tried each 30 days. */
const MOST_HOURS = 30 * 24;
/** Retrainings of an endpoint, and rollouts, that are looked at. */
const MOST_ATTEMPTS = 100;

/** Automatic retrainings whose result was not promoted, one after the other. */
export type RetrainingBackoff = {
  failures: number;
  /** The next one may start then, epoch milliseconds. */
  notBefore: number;
  /** A sentence about the last one. */
  why: string;
  pipelineRunId: string;
  /** Whether a person can accept the rows of the last one. */
  isAcceptable: boolean;
};

/**
 * How long automatic retraining of the endpoint pauses: the policy's cooldown, doubled with each result in a row that was not
 * promoted (refused by a gate, failed, cancelled, or taken back by its rollout), up to 30 days. Undefined where the last one was
 * promoted, or is under way. It is read from what is kept of retrainings, so a restart changes nothing; one that was told of
 * and closed, by a promotion or another policy, counts no more.
 */
export async function retrainingBackoff(
  stores: Stores,
  endpoint: Endpoint,
): Promise<RetrainingBackoff | undefined> {
  const { name } = endpoint;
  const retrainings = await stores.pipelineRuns.list({ name, kind: 'retrain', limit: MOST_ATTEMPTS });
  const rollouts = await stores.rollouts.list(name, MOST_ATTEMPTS);
  const since = await lastReset(stores, name);
  const failed: { pipelineRun: PipelineRun; why: string }[] = [];
  for (const pipelineRun of retrainings.filter(isAutomatic)) {
    if (pipelineRun.endedAt !== null && pipelineRun.endedAt <= since) break;
    const outcome = outcomeOf(pipelineRun, rollouts);
    if (outcome === 'promoted') break;
    if (outcome !== 'under way') failed.push({ pipelineRun, why: outcome.why });
  }
  const [last] = failed;
  if (last === undefined) return undefined;
  const hours = pauseHours(policyOf(endpoint).cooldownHours, failed.length);
  return {
    failures: failed.length,
    notBefore: Date.parse(last.pipelineRun.endedAt!) + hours * HOUR_MS,
    why: last.why,
    pipelineRunId: last.pipelineRun.id,
    isAcceptable: whyNotAcceptable(pipelineRunView(last.pipelineRun)) === undefined,
  };
}

export function pauseHours(cooldownHours: number, failures: number): number {
  const base = Math.max(cooldownHours, LEAST_HOURS);
  return Math.min(Math.max(base, MOST_HOURS), base * 2 ** failures);
}

/** Opens the one alert about retrainings that are not promoted, or brings it up to date. */
export async function raiseBackoff(stores: Stores, name: string): Promise<void> {
  const endpoint = await stores.endpoints.find(name);
  const backoff = endpoint && (await retrainingBackoff(stores, endpoint));
  if (backoff === undefined || (await isTold(stores, name, backoff))) return;
  const { failures, notBefore, pipelineRunId } = backoff;
  const alert: NewAlert = {
    endpoint: name,
    key: KEY,
    severity: 'warning',
    message: inWords(backoff),
    evidence: { failures, notBefore: isoTime(notBefore), pipelineRun: pipelineRunId },
  };
  const { opened } = await stores.alerts.raise(alert);
  if (opened) await stores.outbox.add({ topic: 'alert.opened', subject: name, payload: alert });
}

/** Closes the alert, and retrainings may start again as the policy says: another version was promoted, or the policy changed. */
export async function resetBackoff(stores: Stores, name: string, reason: string): Promise<void> {
  const resolved = await stores.alerts.resolve(name, KEY, { reason });
  if (resolved === undefined) return;
  await stores.outbox.add({ topic: 'alert.resolved', subject: name, payload: { key: KEY, reason } });
}

function inWords({ failures, notBefore, why, pipelineRunId, isAcceptable }: RetrainingBackoff): string {
  const often = failures === 1 ? '' : `, ${failures} times in a row`;
  return `The result of automatic retraining was not promoted${often}: ${why} The next one starts at ${moment(notBefore)} at the earliest; retrain by hand or set the policy anew to start sooner.${isAcceptable ? ` If its rows differ on purpose, accept them: \`slipway pipelines accept ${pipelineRunId} --reason "…"\`.` : ''}`;
}

/** Why no retraining starts now. */
export function pauseInWords({ failures, notBefore, why }: RetrainingBackoff): string {
  const last = failures === 1 ? 'The last retraining was' : `The last ${failures} retrainings were`;
  return `${last} not promoted, so the next one starts at ${moment(notBefore)} at the earliest: ${why}`;
}

function moment(at: number): string {
  return `${isoTime(at).slice(0, 16).replace('T', ' ')} UTC`;
}

function isAutomatic({ request }: PipelineRun): boolean {
  const asked = request as PipelineRunRequest;
  return asked.kind === 'retrain' && asked.by === 'policy';
}

type Outcome = 'promoted' | 'under way' | { why: string };

function outcomeOf(pipelineRun: PipelineRun, rollouts: readonly EndpointRollout[]): Outcome {
  const { state, failure } = pipelineRun;
  if (state === 'running' || pipelineRun.endedAt === null) return 'under way';
  if (state === 'failed') return { why: failure?.message ?? 'It failed.' };
  if (state === 'cancelled') return { why: 'It was cancelled.' };
  if (state === 'refused') return { why: refusal(pipelineRun.result as ShipResult | null) };
  const rollout = rollouts.find(({ id }) => id === rolloutOf(pipelineRun));
  if (rollout === undefined || rollout.state === 'done') return 'promoted';
  if (rollout.state !== 'aborted') return 'under way';
  return { why: `Its rollout ended. ${(rollout.document as { says?: string }).says ?? ''}`.trim() };
}

function rolloutOf({ stages }: PipelineRun): unknown {
  const deployed = stages.find(({ stage }) => stage === 'deploy')?.summary as
    | { facts?: { rollout?: unknown } }
    | null
    | undefined;
  return deployed?.facts?.rollout;
}

/** The gates that closed, and what the first of them says. */
function refusal(result: ShipResult | null): string {
  const closed = (result?.gates ?? []).filter(({ passed }) => !passed);
  const [first] = closed;
  if (first === undefined) return result?.verdict ?? 'It was refused.';
  const names = closed.map(({ id }) => id).join(', ');
  return `${closed.length === 1 ? `Gate ${names} is` : `Gates ${names} are`} closed. ${firstSentence(first.says)}`;
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s+[A-Z]|$)/s.exec(text)?.[0] ?? text;
}

async function isTold(stores: Stores, name: string, { pipelineRunId }: RetrainingBackoff): Promise<boolean> {
  const open = await stores.alerts.list({ endpoint: name, state: 'open', limit: 1000 });
  return open.some((alert) => alert.key === KEY && pipelineRunOf(alert) === pipelineRunId);
}

function pipelineRunOf({ evidence }: Alert): unknown {
  return (evidence as { pipelineRun?: unknown } | null)?.pipelineRun;
}

/** When it was last closed, UTC ISO 8601; empty where it never was. */
async function lastReset(stores: Stores, name: string): Promise<string> {
  const resolved = await stores.alerts.list({ endpoint: name, state: 'resolved', limit: 1000 });
  return resolved
    .flatMap(({ key, resolvedAt }) => (key === KEY && resolvedAt !== null ? [resolvedAt] : []))
    .reduce((latest, at) => (at > latest ? at : latest), '');
}
