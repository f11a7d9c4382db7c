import type { LeasedTask } from './model.ts';
import type { LabelPorts } from './ports.ts';

/**
 * The next row for a person, theirs alone until the lease ends; undefined when there is none left for them.
 * Throws `label.queue-missing`, `label.closed`.
 */
export async function nextTask(
  { queueId, person }: { queueId: string; person: string },
  { store, clock }: LabelPorts,
): Promise<LeasedTask | undefined> {
  const { leaseSeconds } = await store.queue(queueId);
  const now = clock.now();
  return store.lease(queueId, person, now, now + leaseSeconds * 1000);
}
