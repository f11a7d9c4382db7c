import { fail } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import { labelReader } from './label-reader.ts';
import type { LabelQueue, LeasedTask, RowValue } from './model.ts';
import type { LabelPorts } from './ports.ts';

type Held = { queueId: string; taskId: string; person: string; personName: string };

/**
 * Takes a person's answer to the task they hold; the same answer again is harmless. Throws `label.queue-missing`,
 * `label.closed`, `labels.wrong-type` for an answer that is none of the choices, and `label.lease-lost` when the task is
 * no longer theirs.
 */
export async function submitLabel(
  { value, ...held }: Held & { value: RowValue },
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

/**
 * The answer as labels of the target are kept, read as the dataset has the column: `1` and `1.0` agree, and so do `Yes` and
 * `yes ` where one choice fits. Throws `labels.wrong-type`.
 */
export function acceptedLabel(
  queue: Pick<LabelQueue, 'type' | 'choices' | 'reading'>,
  value: RowValue,
): string {
  const { type, choices, reading } = queue;
  const found = labelReader({ type, classes: choices ?? [], ...reading })(value);
  if (found.is === 'label' && found.isKnown) return found.value;
  const expected = choices === null ? 'a number' : `one of ${choices.join(', ')}`;
  throw fail('labels.wrong-type', { value: String(value), expected }, { path: 'value' });
}
