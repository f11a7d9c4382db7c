import type { StoredCount } from '../metadata/index.ts';
import type { UnusedPorts } from './remove-unused.ts';

/** Orphans that are always removed: crashes and refused uploads leave some. */
const FEW = 20;

/**
 * Why bytes that no row ever named should not be removed, or undefined. Bytes that some row still names, or named until this
 * pass, do not count, however old: those are removed by their age. Orphans beyond {@link FEW} that are more than half of
 * all there is, or any orphan of a database that names nothing, are the mark of a database that is not the one of this folder.
 */
export async function implausibleRemoval(
  { database, objects, bundles }: UnusedPorts,
  orphansMs: number,
): Promise<string | undefined> {
  const { stores } = database;
  const named = new Set([
    ...(await stores.uploads.hashes()),
    ...(await stores.jobs.mentionedHashes()),
    ...(await stores.datasets.segmentHashes()),
  ]);
  const kept = new Set([...named, ...(await stores.models.bundleIds())]);
  const counts: [string, StoredCount][] = [
    ['objects', await objects.countUnused(named, orphansMs)],
    ['bundles', await bundles.countUnused(kept, orphansMs)],
  ];
  for (const [noun, { stored, unused }] of counts) {
    if (unused > 0 && kept.size === 0)
      return `the database names no object and no bundle, and ${unused} of ${stored} stored ${noun} would be removed`;
    if (unused > FEW && unused > stored / 2)
      return `${unused} of ${stored} stored ${noun} are named by no row of the database`;
  }
  return undefined;
}
