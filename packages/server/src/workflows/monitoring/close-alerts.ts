import type { Alert, EndpointRevision, Stores } from '../../metadata/index.ts';
import type { RolloutState } from '../../stages/deploy/index.ts';

/**
 * Closes the alerts of versions that do not answer at the endpoint any more. The version that answers goes on with its own; an
 * alert about the endpoint stays.
 */
export async function closeReplaced(
  stores: Stores,
  endpoint: string,
  { modelVersion, reason }: Pick<EndpointRevision, 'modelVersion' | 'reason'>,
): Promise<void> {
  const open = await stores.alerts.list({ endpoint, state: 'open', limit: 1000 });
  const replaced = new Set(open.map(({ version }) => version));
  replaced.delete(modelVersion);
  for (const version of replaced) {
    if (version === null) continue;
    const why = `Version ${version} was replaced by version ${modelVersion} (${reason}).`;
    await closeAlerts(stores, endpoint, (alert) => alert.version === version, why);
  }
}

/** Closes the alerts of a version whose rollout was aborted: it answers no more. */
export async function closeAborted(
  stores: Stores,
  endpoint: string,
  { version, former }: Pick<RolloutState, 'version' | 'former'>,
): Promise<void> {
  if (version === former.version) return;
  const why = `The rollout of version ${version} was aborted; version ${former.version} answers.`;
  await closeAlerts(stores, endpoint, (alert) => alert.version === version, why);
}

/** Closes alerts of an endpoint, keeps why, and tells of each. */
async function closeAlerts(
  stores: Pick<Stores, 'alerts' | 'outbox'>,
  endpoint: string,
  isOver: (alert: Alert) => boolean,
  reason: string,
): Promise<void> {
  for (const alert of await stores.alerts.list({ endpoint, state: 'open', limit: 1000 })) {
    if (!isOver(alert)) continue;
    const { key, version } = alert;
    if ((await stores.alerts.resolve(endpoint, key, { version, reason })) === undefined) continue;
    await stores.outbox.add({
      topic: 'alert.resolved',
      subject: endpoint,
      payload: { key, version, reason },
    });
  }
}
