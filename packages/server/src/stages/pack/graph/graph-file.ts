import { fail, type GraphMember, type GraphNode } from '@slipway/contract';
import type { TensorManifest } from '../imported/model.ts';
import type { ColumnReference, GraphModelFile } from '../model.ts';

/** `graph.json`: an inference graph with what its members predict with, so that the bundle needs no other one. */
export type GraphFile = {
  /** 2 where imported models take part, which readers of format 1 know nothing of. */
  format: 1 | 2;
  /** As declared, versions in place of aliases and thresholds filled in. */
  graph: GraphNode;
  /** The models that take part, one for each node with a model. */
  members: GraphMember[];
  /** What the members' bundles hold: `trees.json` as it is there, and the columns of the reference profile. */
  engines: { bundleId: string; trees: string; seen: ColumnReference[] }[];
  /** Imported models: `slipway.json` as it is in their bundles, and the file of this bundle that holds the model. */
  imported?: ImportedModelFile[];
};

export type ImportedModelFile = { bundleId: string; file: GraphModelFile; manifest: TensorManifest };

export function encodeGraphFile(file: GraphFile): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(file));
}

/** Reads `graph.json`. Throws `bundle.invalid` when it is not one, or of another format. */
export function decodeGraphFile(bytes: Uint8Array): GraphFile {
  let parsed: Partial<GraphFile> | null;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes)) as Partial<GraphFile> | null;
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'graph.json is not JSON' }, { cause });
  }
  const isKnown = parsed?.format === 1 || parsed?.format === 2;
  if (!isKnown || !Array.isArray(parsed?.members) || !Array.isArray(parsed?.engines))
    throw fail('bundle.invalid', { reason: 'graph.json is of another format' });
  return parsed as GraphFile;
}
