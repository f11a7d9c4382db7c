import { type FailureData, fail, failureData, isFailure } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { Database, Stores } from '../../metadata/index.ts';
import { followPolicy } from '../complete/after-monitor.ts';
import type { MonitorInput, MonitorOutput } from '../model.ts';
import { backoffMs, monitoringOf } from '../monitoring/monitoring-schedule.ts';

/** The alert that tells that the policy could not be followed. */
const POLICY_FAILED = 'retrain:not-started';
const MINUTE_MS = 60_000;

/**
 * Follows the endpoint's policy. Where that fails, one alert says why, and the policy is tried again after one interval of the
 * monitoring schedule, then after two, four and so on, a day at most; it closes when the policy can be followed. Returns what
 * went wrong.
 */
export async function tryPolicy(
  database: Database,
  input: MonitorInput,
  output: MonitorOutput,
  now: number,
): Promise<unknown> {
  const { endpoint } = input;
  if ((await notBefore(database.stores, endpoint)) > now) return undefined;
  try {
    await followPolicy(database, input, output, now);
  } catch (error) {
    const failure = failureData(isFailure(error) ? error : fail('internal', {}, { cause: error }));
    await database.transaction((stores) => keepPolicyFailed(stores, endpoint, { failure, now }));
    return error;
  }
  await database.transaction((stores) => keepPolicyWorked(stores, endpoint));
  return undefined;
}

/** Epoch milliseconds; 0 where nothing failed. */
async function notBefore({ alerts }: Stores, endpoint: string): Promise<number> {
  const open = await alerts.list({ endpoint, state: 'open', limit: 1000 });
  const evidence = open.find(({ key }) => key === POLICY_FAILED)?.evidence as
    | { notBefore?: string }
    | undefined;
  return evidence?.notBefore === undefined ? 0 : Date.parse(evidence.notBefore);
}

async function keepPolicyFailed(
  stores: Stores,
  name: string,
  { failure, now }: { failure: FailureData; now: number },
): Promise<void> {
  const endpoint = await stores.endpoints.find(name);
  if (endpoint === undefined) return;
  const open = await stores.alerts.list({ endpoint: name, state: 'open', limit: 1000 });
  const failures = (open.find(({ key }) => key === POLICY_FAILED)?.times ?? 0) + 1;
  const interval = monitoringOf(endpoint).everyMinutes * MINUTE_MS;
  const next = isoTime(now + backoffMs(interval, failures));
  const often = failures === 1 ? '' : `, ${failures} times in a row`;
  const alert = {
    endpoint: name,
    key: POLICY_FAILED,
    severity: 'warning',
    message: `Automatic retraining could not start${often}: ${failure.message} ${failure.hint} It is tried again with the first monitoring run after ${next}.`,
    evidence: { failures, code: failure.code, notBefore: next },
  } as const;
  const { opened } = await stores.alerts.raise(alert);
  if (opened) await stores.outbox.add({ topic: 'alert.opened', subject: name, payload: alert });
}

async function keepPolicyWorked(stores: Stores, endpoint: string): Promise<void> {
  const reason = 'The policy can be followed again.';
  if ((await stores.alerts.resolve(endpoint, POLICY_FAILED, { reason })) === undefined) return;
  const payload = { key: POLICY_FAILED, version: null, reason };
  await stores.outbox.add({ topic: 'alert.resolved', subject: endpoint, payload });
}
