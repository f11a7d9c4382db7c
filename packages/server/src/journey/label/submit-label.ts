import { fail } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { LabelQueue, LeasedTask } from './model.ts';
import type { LabelPorts } from './ports.ts';

type Held = { queueId: string; taskId: string; person: string; personName: string };

/**
 * Takes a person's answer to the task they hold; the same answer again is harmless. Throws `label.queue-missing`,
 * `label.closed`, `labels.wrong-type` for an answer that is none of the choices, and `label.lease-lost` when the task is
 * no longer theirs.
 */
export async function submitLabel(
  { value, ...held }: Held & { value: string },
  { store, clock }: LabelPorts,
): Promise<void> {
  const label = acceptedLabel(await store.queue(held.queueId), value);
  const now = clock.now();
  await store.submit({ ...held, value: label, reason: null, at: isoTime(now) }, now);
}

/** Puts the task back for others; the person does not see it again. Throws `label.closed`, `label.lease-lost`. */
export async function skipTask(
  { reason, ...held }: Held & { reason: string | null },
  { store, clock }: LabelPorts,
): Promise<void> {
  const now = clock.now();
  await store.submit({ ...held, value: null, reason, at: isoTime(now) }, now);
}

/**
 * Takes the person's last answer or skip back; its task is theirs again. Undefined when there is none, or others hold
 * the task that was skipped. Throws `label.queue-missing`, `label.closed`.
 */
export async function takeBackLabel(
  { queueId, person }: Pick<Held, 'queueId' | 'person'>,
  { store, clock }: LabelPorts,
): Promise<LeasedTask | undefined> {
  const { leaseSeconds } = await store.queue(queueId);
  const now = clock.now();
  return store.takeBack(queueId, person, now, now + leaseSeconds * 1000);
}

/** Numbers in one spelling, so that 1 and 1.0 agree. */
function acceptedLabel({ choices }: LabelQueue, value: string): string {
  if (choices === null) {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (Number.isFinite(number)) return String(number);
    throw fail('labels.wrong-type', { value, expected: 'a number' }, { path: 'value' });
  }
  const choice = choices.find((one) => one === value.trim());
  if (choice !== undefined) return choice;
  throw fail('labels.wrong-type', { value, expected: `one of ${choices.join(', ')}` }, { path: 'value' });
}
