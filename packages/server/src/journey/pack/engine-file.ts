import { fail } from '@slipway/contract';
import { decodePart, encodePart } from './engine-parts.ts';
import { finiteText, numberOf } from './infinite-numbers.ts';
import type { EngineFile } from './model.ts';

/** The bytes of `trees.json`. Numbers come back as they were, but for minus zero, which is zero. */
export function encodeEngineFile(file: EngineFile): Uint8Array {
  const trees = file.model.trees.map((tree) => ({ ...tree, threshold: tree.threshold.map(finiteText) }));
  const parts = file.model.parts.map(encodePart);
  const reference = file.reference?.map((values) => values.map(finiteText));
  return new TextEncoder().encode(
    JSON.stringify({ ...file, model: { ...file.model, trees, parts }, reference }),
  );
}

/** Reads `trees.json`. Throws `bundle.invalid` when it is not one, or of another format. */
export function decodeEngineFile(bytes: Uint8Array): EngineFile {
  const file = parse(bytes);
  if ((file?.format !== 1 && file?.format !== 2) || !Array.isArray(file.model?.trees)) {
    throw fail('bundle.invalid', { reason: 'trees.json is of another format' });
  }
  const trees = file.model.trees.map((tree) => ({ ...tree, threshold: tree.threshold.map(numberOf) }));
  // Bundles from before there were parts have none.
  const model = { ...file.model, trees, parts: (file.model.parts ?? []).map(decodePart) };
  if (file.reference === undefined) return { ...file, model };
  return { ...file, model, reference: file.reference.map((values) => values.map(numberOf)) };
}

function parse(bytes: Uint8Array): EngineFile {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as EngineFile;
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'trees.json is not JSON' }, { cause });
  }
}
