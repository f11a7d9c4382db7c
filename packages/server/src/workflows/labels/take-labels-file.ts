import type { NewLabel, ObjectStore, Stores } from '../../metadata/index.ts';
import { jsonParts } from '../complete/json-lines.ts';
import type { LabelledTraffic, LabelsFileInput, LabelsFileOutput, TakenLabel } from '../model.ts';

const LABELS_A_STATEMENT = 5000;

/**
 * Keeps the labels that a file held, part by part, before its job is completed: after a crash the job is done anew, and
 * labels that are known already change nothing. Returns how many predictions had another label before.
 */
export async function takeLabelsFile(
  { stores, objects }: { stores: Pick<Stores, 'labels'>; objects: Pick<ObjectStore, 'read'> },
  { endpoint }: LabelsFileInput,
  { labels }: LabelsFileOutput,
): Promise<number> {
  let replaced = 0;
  for await (const part of jsonParts<NewLabel>(objects.read(labels), LABELS_A_STATEMENT))
    replaced += (await stores.labels.put(endpoint, part)).replaced;
  return replaced;
}

/** Which label goes into which row, of labelled traffic on its way into a dataset. */
export async function takenLabels(
  objects: Pick<ObjectStore, 'read'>,
  { labels }: LabelledTraffic,
): Promise<TakenLabel[]> {
  const taken: TakenLabel[] = [];
  for await (const part of jsonParts<TakenLabel>(objects.read(labels), LABELS_A_STATEMENT))
    taken.push(...part);
  return taken;
}
