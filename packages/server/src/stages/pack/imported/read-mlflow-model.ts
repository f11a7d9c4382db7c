import { fail } from '@slipway/contract';
import { parseYaml } from '../../../kernel/index.ts';
import { type Archive, safePath } from './archive/entries.ts';
import type { ImportSource } from './model.ts';

/** An `MLmodel` is a page of text; its signature is one line for each of some thousand columns at most. */
const LONGEST_MLMODEL = 1024 * 1024;
const MOST_LINES = 20_000;
const LINE_FEED = 0x0a;

/**
 * Where the ONNX graph of an MLflow model's folder lies, which need not be at the root of the archive. Only the file that the
 * onnx flavor names is taken, with its data; code, environments and pickles of the folder are never looked at.
 *
 * Throws `model.not-onnx`, `model.no-onnx-flavor` and `model.refused`.
 */
export function readMlflowModel(
  archive: Archive,
  file: string,
): { path: string; mlflow: NonNullable<ImportSource['mlflow']> } {
  const place = placeOf(archive, file);
  const document = documentOf(archive.get(`${place}MLmodel`)!(), file);
  const flavors = objectOf(document.flavors);
  const { data } = objectOf(flavors.onnx);
  if (typeof data !== 'string') {
    const found = Object.keys(flavors).join(', ').slice(0, 200) || 'none';
    throw fail('model.no-onnx-flavor', { file, flavors: found });
  }
  const path = `${place}${safePath(file, data)}`;
  if (!archive.has(path))
    throw fail('model.refused', { file, reason: `its MLmodel names ${data}, which is not there` });
  return { path, mlflow: sourceOf(document) };
}

/** The folder of the `MLmodel` that lies highest, with a slash behind it; empty for the root. */
function placeOf(archive: Archive, file: string): string {
  const found = [...archive.keys()].filter((name) => name === 'MLmodel' || name.endsWith('/MLmodel'));
  const depth = (name: string) => name.split('/').length;
  const [highest] = found.toSorted((a, b) => depth(a) - depth(b));
  if (highest === undefined) {
    throw fail('model.not-onnx', {
      file,
      reason: 'the archive holds no MLmodel, as every folder of MLflow does',
    });
  }
  return highest.slice(0, -'MLmodel'.length);
}

function documentOf(bytes: Uint8Array, file: string): Record<string, unknown> {
  if (bytes.byteLength > LONGEST_MLMODEL)
    throw fail('model.refused', {
      ...{ file, reason: `its MLmodel has ${bytes.byteLength} bytes; the limit is ${LONGEST_MLMODEL}` },
    });
  const lines = bytes.reduce((count, byte) => count + Number(byte === LINE_FEED), 1);
  if (lines > MOST_LINES)
    throw fail('model.refused', {
      file,
      reason: `its MLmodel has ${lines} lines; the limit is ${MOST_LINES}`,
    });
  try {
    return objectOf(parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (cause) {
    throw fail('model.refused', { file, reason: 'its MLmodel is no YAML' }, { cause });
  }
}

function sourceOf(document: Record<string, unknown>): NonNullable<ImportSource['mlflow']> {
  const { mlflow_version: version, run_id: run, model_uuid: uuid } = document;
  const texts = Object.entries({ version, run, uuid }).filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(texts.map(([name, value]) => [name, (value as string).slice(0, 100)]));
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
