import { fail } from '@slipway/contract';
import type { Database, DatasetVersion } from '../../metadata/index.ts';
import { manifestId, rolledBack } from '../../stages/ingest/index.ts';

export type RollbackAsk = { dataset: string; to: number; by: string; requestId: string };

/**
 * Makes the rows of an earlier version the newest version of a dataset again, when bad rows were appended. The versions
 * between stay. What is trained or appended from now on builds on the new version; a pipeline run whose file is still being read
 * ends with `dataset.moved`.
 *
 * Throws `dataset.missing`, `dataset.version-missing`, `dataset.rollback-unneeded`, and `dataset.moved` when rows are
 * appended at the same moment.
 */
export function rollBackDataset(
  database: Database,
  { dataset, to, by, requestId }: RollbackAsk,
): Promise<DatasetVersion> {
  return database.transaction(async ({ datasets, audit }) => {
    const earlier = await datasets.version(dataset, to);
    const newest = await datasets.version(dataset);
    const manifest = rolledBack(dataset, { to: earlier, newest });
    const added = await datasets.addVersion(dataset, {
      manifestId: manifestId(manifest),
      manifest,
      profile: earlier.profile,
    });
    if (added.version !== newest.version + 1) throw fail('dataset.moved', { name: dataset });
    const details = { to, from: newest.version, version: added.version };
    await audit.append({ who: by, what: 'datasets.rollback', subject: dataset, requestId, details });
    return added;
  });
}
