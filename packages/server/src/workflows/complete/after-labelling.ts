import { isoTime } from '../../kernel/index.ts';
import type { Stores } from '../../metadata/index.ts';
import { labelsDigest } from '../../stages/label/index.ts';
import type { LabelApplyInput, LabelApplyOutput, LabelOpenInput, LabelOpenOutput } from '../model.ts';
import { recordVersion } from './record-version.ts';

/** Opens the queue for people, in the transaction that completes the job. Throws `label.queue-exists`. */
export async function afterLabelOpen(
  stores: Stores,
  { queue }: LabelOpenInput,
  { tasks }: LabelOpenOutput,
): Promise<void> {
  await stores.labelling.open(queue, tasks);
}

/** Records the labelled dataset version, in the transaction that completes the job. Throws `dataset.moved`. */
export async function afterLabelApply(
  stores: Stores,
  { queue, parent, labels, undecided }: LabelApplyInput,
  output: LabelApplyOutput,
  now: number,
): Promise<void> {
  const place = { dataset: queue.dataset, parent: { ...parent, dataset: queue.dataset } };
  const { version } = await recordVersion(stores, place, output);
  const digest = labelsDigest(labels).sha256;
  const applied = { version, rows: labels.length, undecided, digest, at: isoTime(now) };
  await stores.labelling.setApplied(queue.id, applied);
}
