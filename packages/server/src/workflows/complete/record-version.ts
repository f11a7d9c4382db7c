import { fail } from '@slipway/contract';
import type { DatasetVersion, Stores } from '../../metadata/index.ts';
import type { IngestInput, IngestOutput } from '../model.ts';

/** Where a version that a job made goes: the dataset, and the version it was built on. */
type Place = Pick<IngestInput, 'dataset' | 'parent'>;

/**
 * Adds the dataset version that a job made, in the transaction that completes the job. Throws `dataset.moved` when the
 * dataset grew since the job was asked for; then nothing is recorded.
 */
export async function recordVersion(
  stores: Stores,
  input: Place,
  output: Omit<IngestOutput, 'seconds'>,
): Promise<DatasetVersion> {
  if ((await stores.datasets.find(input.dataset)) === undefined) await stores.datasets.create(input.dataset);
  const { manifestId, manifest, profile } = output;
  const added = await stores.datasets.addVersion(input.dataset, { manifestId, manifest, profile });
  await refuseMoved(stores, input, added);
  return added;
}

/**
 * Rows are appended to the version that was the newest when the job was asked for; on top of another they would hide
 * its rows. Looked at after the addition, which holds the dataset's line. Throws `dataset.moved`.
 */
async function refuseMoved(stores: Stores, { dataset, parent }: Place, added: DatasetVersion): Promise<void> {
  if (parent === null || added.manifestId === parent.manifestId) return;
  const before = await stores.datasets.version(dataset, added.version - 1);
  if (before.manifestId !== parent.manifestId) throw fail('dataset.moved', { name: dataset });
}
