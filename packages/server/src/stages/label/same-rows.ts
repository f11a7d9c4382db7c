import type { DatasetManifest } from '../ingest/index.ts';

export type NamedManifest = { manifestId: string; manifest: DatasetManifest };

/**
 * Whether row n of `older` is row n of `newer` too: from one to the other rows were only appended, or labelled.
 *
 * @param line every version of the dataset
 */
export function holdsSameRows(
  newer: NamedManifest,
  olderId: string,
  line: readonly NamedManifest[],
): boolean {
  const byId = new Map(line.map((one) => [one.manifestId, one]));
  let at: NamedManifest | undefined = newer;
  while (at !== undefined && at.manifestId !== olderId) {
    const parent: NamedManifest | undefined = byId.get(at.manifest.parent ?? '');
    if (parent === undefined || !(isLabelled(at) || isAppended(at, parent))) return false;
    at = parent;
  }
  return at !== undefined;
}

function isLabelled({ manifest }: NamedManifest): boolean {
  return manifest.lineage.format === 'labels';
}

/** Its parent's segments come first. */
function isAppended({ manifest }: NamedManifest, parent: NamedManifest): boolean {
  return parent.manifest.segments.every(({ sha256 }, i) => manifest.segments[i]?.sha256 === sha256);
}
