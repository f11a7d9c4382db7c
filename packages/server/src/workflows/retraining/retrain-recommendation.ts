import type { Stores } from '../../metadata/index.ts';

const PROPOSAL = 'retrain:proposal';

/** Tells people that the policy would retrain; told again, it is the same alert. */
export async function propose(stores: Stores, endpoint: string, says: string): Promise<void> {
  const alert = { endpoint, key: PROPOSAL, severity: 'warning', message: says, evidence: null } as const;
  const { opened } = await stores.alerts.raise(alert);
  if (opened) await stores.outbox.add({ topic: 'alert.opened', subject: endpoint, payload: alert });
}

/** What was proposed does not hold any more: it was done, the policy changed, or there is no reason left. */
export async function withdrawProposal(stores: Stores, endpoint: string): Promise<void> {
  const resolved = await stores.alerts.resolve(endpoint, PROPOSAL);
  if (resolved === undefined) return;
  await stores.outbox.add({ topic: 'alert.resolved', subject: endpoint, payload: { key: PROPOSAL } });
}
