import { fail } from '@slipway/contract';
import { canonicalJson, manifestId } from './manifest-id.ts';
import type { DatasetManifest } from './model.ts';

/** A manifest and the number of its version. */
export type NumberedManifest = { version: number; manifest: DatasetManifest };

/**
 * The manifest of a new version that holds the rows of `to`, an earlier version, in place of those of `newest`. Its parent
 * is `to`, so everything that follows the line of parents (increments, hold-out, label queues) sees the rows of `to` and no
 * others. Nothing is stored or deleted: the segments are those of `to`. The lineage names both versions, so that two
 * rollbacks to one version are two manifests.
 *
 * Throws `dataset.rollback-unneeded` when `newest` holds the same rows and columns already.
 */
export function rolledBack(
  dataset: string,
  { to, newest }: { to: NumberedManifest; newest: NumberedManifest },
): DatasetManifest {
  if (holdsTheSame(to.manifest, newest.manifest))
    throw fail(
      'dataset.rollback-unneeded',
      { name: dataset, version: to.version, newest: newest.version },
      { path: 'to' },
    );
  const { schema, rows, bytes, segments } = to.manifest;
  const parent = manifestId(to.manifest);
  return {
    parent,
    schema,
    rows,
    bytes,
    segments,
    lineage: {
      source: `version ${newest.version} rolled back to version ${to.version}`,
      sourceSha256: parent,
      sourceBytes: bytes,
      format: 'rollback',
    },
  };
}

function holdsTheSame(one: DatasetManifest, other: DatasetManifest): boolean {
  const held = ({ schema, segments }: DatasetManifest) => canonicalJson({ schema, segments });
  return held(one) === held(other);
}
