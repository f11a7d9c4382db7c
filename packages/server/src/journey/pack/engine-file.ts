import { fail } from '@slipway/contract';
import type { Tree } from '../train/index.ts';
import type { EngineFile } from './model.ts';

/** JSON has no infinite numbers; a split that only sets missing apart has one as its threshold. */
const INFINITE: Record<string, number> = { Infinity, '-Infinity': -Infinity, NaN: Number.NaN };

/** The bytes of `trees.json`. Numbers come back as they were, but for minus zero, which is zero. */
export function encodeEngineFile(file: EngineFile): Uint8Array {
  const trees = file.model.trees.map((tree) => ({
    ...tree,
    threshold: tree.threshold.map((value) => (Number.isFinite(value) ? value : String(value))),
  }));
  return new TextEncoder().encode(JSON.stringify({ ...file, model: { ...file.model, trees } }));
}

/** Reads `trees.json`. Throws `bundle.invalid` when it is not one, or of another format. */
export function decodeEngineFile(bytes: Uint8Array): EngineFile {
  const file = parse(bytes);
  if (file?.format !== 1 || !Array.isArray(file.model?.trees)) {
    throw fail('bundle.invalid', { reason: 'trees.json is of another format' });
  }
  const trees = file.model.trees.map((tree) => ({ ...tree, threshold: tree.threshold.map(threshold) }));
  return { ...file, model: { ...file.model, trees } };
}

function threshold(value: Tree['threshold'][number] | string): number {
  return typeof value === 'string' ? (INFINITE[value] ?? Number.NaN) : value;
}

function parse(bytes: Uint8Array): EngineFile {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as EngineFile;
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'trees.json is not JSON' }, { cause });
  }
}
