import { fail } from '@slipway/contract';
import { decodePart, encodePart } from './engine-parts.ts';
import { decodeSpecs, encodeSpecs } from './engine-texts.ts';
import { finiteText, numberOf } from './infinite-numbers.ts';
import type { EngineFile } from './model.ts';
import { readingFile } from './reading-file.ts';

/** The bytes of `trees.json`. Numbers come back as they were, but for minus zero, which is zero. */
export function encodeEngineFile(file: EngineFile): Uint8Array {
  const trees = file.model.trees.map((tree) => ({ ...tree, threshold: tree.threshold.map(finiteText) }));
  const parts = file.model.parts.map(encodePart);
  const reference = file.reference?.map((values) => values.map(finiteText));
  const { features, texts } = encodeSpecs(file.preparation.features);
  const preparation = { ...file.preparation, features };
  return new TextEncoder().encode(
    JSON.stringify({
      ...file,
      preparation,
      model: { ...file.model, trees, parts },
      reference,
      ...(texts.length > 0 && { texts }),
    }),
  );
}

const FORMATS: readonly unknown[] = [1, 2, 3, 4, 5] satisfies EngineFile['format'][];

/** Reads `trees.json`. Throws `bundle.invalid` when it is not one, or of another format. */
export function decodeEngineFile(bytes: Uint8Array): EngineFile {
  return readingFile('trees.json', () => decoded(bytes));
}

function decoded(bytes: Uint8Array): EngineFile {
  const parsed = parse(bytes);
  if (!FORMATS.includes(parsed?.format) || !Array.isArray(parsed.model?.trees)) {
    throw fail('bundle.invalid', { reason: 'trees.json is of another format' });
  }
  const { texts, ...file } = parsed;
  const trees = file.model.trees.map((tree) => ({ ...tree, threshold: tree.threshold.map(numberOf) }));
  // Bundles from before there were parts have none.
  const model = { ...file.model, trees, parts: (file.model.parts ?? []).map(decodePart) };
  const preparation = {
    ...file.preparation,
    features: decodeSpecs(file.preparation?.features ?? [], texts),
  };
  const read = { ...file, preparation, model };
  if (file.reference === undefined) return read;
  return { ...read, reference: file.reference.map((values) => values.map(numberOf)) };
}

function parse(bytes: Uint8Array): EngineFile & { texts?: unknown } {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as EngineFile;
  } catch (cause) {
    throw fail('bundle.invalid', { reason: 'trees.json is not JSON' }, { cause });
  }
}
