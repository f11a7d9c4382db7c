import type { LabelsTaken } from '@slipway/contract';
import type { NewLabel, Stores } from '../../metadata/index.ts';
import type { LabelTarget } from '../../stages/label/index.ts';
import { type GivenLabel, labelSorter, requireSome } from './sort-labels.ts';

export type LabelsToAdd = {
  endpoint: string;
  target: LabelTarget;
  labels: readonly GivenLabel[];
  source: string;
  /** The control plane's clock, epoch milliseconds. */
  now: number;
};

/**
 * Keeps labels by prediction id; those that cannot be taken are listed. Throws `labels.all-refused` when none can be; then
 * nothing is kept.
 */
export async function addLabels(
  stores: Stores,
  { endpoint, target, labels, source, now }: LabelsToAdd,
): Promise<Omit<LabelsTaken, 'unknown'>> {
  const sorter = labelSorter(target, now, (field, index) => `labels[${index}].${field}`);
  const rows = labels.flatMap((label, index): NewLabel[] => {
    const taken = sorter.sort(label, index);
    return taken === undefined ? [] : [{ ...taken, source }];
  });
  const sorted = sorter.sorted();
  requireSome(sorted);
  const { taken: _, ...told } = sorted;
  const { labelled, replaced } = await stores.labels.put(endpoint, rows);
  return { accepted: labelled, replaced, ...told };
}
