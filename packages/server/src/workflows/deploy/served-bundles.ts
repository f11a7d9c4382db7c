import { type FailureData, failureData, isFailure } from '@slipway/contract';
import type { Database, Endpoint, EndpointRevision } from '../../metadata/index.ts';
import type { BundleStore } from '../../stages/pack/index.ts';

const KEY = 'bundle:invalid';

export type ServedBundlePorts = { database: Database; bundles: Pick<BundleStore, 'open'> };

/**
 * Opens the bundle of every version that answers at an endpoint and verifies its signature and hashes. One that was changed or is
 * gone opens a critical alert at its endpoint, which is closed when the bundle is whole again. Returns how many are not whole.
 */
export async function checkServedBundles({ database, bundles }: ServedBundlePorts): Promise<number> {
  const { stores } = database;
  let broken = 0;
  for (const endpoint of await stores.endpoints.list()) {
    const current = await stores.endpoints.current(endpoint.name);
    if (current === undefined) continue;
    const failure = await failureOf(bundles, current.bundleId);
    if (failure === undefined) await resolve(database, endpoint, current);
    else {
      broken++;
      await raise(database, endpoint, current, failure);
    }
  }
  return broken;
}

async function failureOf(
  bundles: ServedBundlePorts['bundles'],
  bundleId: string,
): Promise<FailureData | undefined> {
  try {
    await bundles.open(bundleId);
    return undefined;
  } catch (error) {
    if (isFailure(error, 'bundle.invalid')) return failureData(error);
    throw error;
  }
}

async function raise(
  database: Database,
  { name, model }: Endpoint,
  { modelVersion: version, bundleId }: EndpointRevision,
  { message, hint }: FailureData,
): Promise<void> {
  const alert = {
    endpoint: name,
    version,
    key: KEY,
    severity: 'critical',
    message: `The files of version ${version} of ${model} are not those that were signed: ${message} It is not loaded any more; what is in memory answers until then. ${hint}`,
    evidence: { bundleId },
  } as const;
  await database.transaction(async ({ alerts, outbox }) => {
    const { opened } = await alerts.raise(alert);
    if (opened) await outbox.add({ topic: 'alert.opened', subject: name, payload: alert });
  });
}

async function resolve(
  database: Database,
  { name }: Endpoint,
  { modelVersion: version }: EndpointRevision,
): Promise<void> {
  const reason = 'The bundle is whole again.';
  await database.transaction(async ({ alerts, outbox }) => {
    if ((await alerts.resolve(name, KEY, { version, reason })) === undefined) return;
    await outbox.add({ topic: 'alert.resolved', subject: name, payload: { key: KEY, version, reason } });
  });
}
