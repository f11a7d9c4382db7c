import { fail } from '@slipway/contract';
import { isoTime } from '../../kernel/index.ts';
import type { LabelQueue } from './model.ts';
import type { LabelPorts } from './ports.ts';

type Ports = Pick<LabelPorts, 'store' | 'clock'>;
type Held = { queueId: string; taskId: string; person: string };

/**
 * Takes a person's answer to the task they hold. Throws `label.queue-missing`, `labels.wrong-type` for an answer that is
 * none of the choices, and `label.lease-lost` when the task is no longer theirs.
 */
export async function submitLabel(
  { queueId, taskId, person, value }: Held & { value: string },
  { store, clock }: Ports,
): Promise<void> {
  refuseForeign(await store.queue(queueId), value);
  const now = clock.now();
  await store.submit({ taskId, person, value, reason: null, at: isoTime(now) }, now);
}

/** Puts the task back for others; the person does not see it again. Throws `label.lease-lost`. */
export async function skipTask(
  { taskId, person, reason }: Omit<Held, 'queueId'> & { reason: string },
  { store, clock }: Ports,
): Promise<void> {
  const now = clock.now();
  await store.submit({ taskId, person, value: null, reason, at: isoTime(now) }, now);
}

function refuseForeign({ choices }: LabelQueue, value: string): void {
  if (choices === null) {
    if (value.trim() !== '' && Number.isFinite(Number(value))) return;
    throw fail('labels.wrong-type', { value, expected: 'a number' }, { path: 'value' });
  }
  if (!choices.includes(value)) {
    throw fail('labels.wrong-type', { value, expected: `one of ${choices.join(', ')}` }, { path: 'value' });
  }
}
