import { fail } from '@slipway/contract';
import type { Archive } from './archive/entries.ts';
import { readArchive } from './archive/read-archive.ts';
import type { ImportSource } from './model.ts';
import { inlineExternalData } from './onnx/inline-external-data.ts';
import { readMlflowModel } from './read-mlflow-model.ts';

/** How files begin that people mistake for ONNX models, and what they are. */
const STRANGERS: [string, readonly number[]][] = [
  ['a pickle, which could run any program while it is read', [0x80, 2]],
  ['a pickle, which could run any program while it is read', [0x80, 3]],
  ['a pickle, which could run any program while it is read', [0x80, 4]],
  ['a pickle, which could run any program while it is read', [0x80, 5]],
  ['an HDF5 file', [0x89, 0x48, 0x44, 0x46]],
  ['a GGUF file', [0x47, 0x47, 0x55, 0x46]],
  ['a model of ONNX Runtime’s own format (ORT)', [0x24, 0, 0, 0, 0x4f, 0x52, 0x54]],
];

/** Files by which PyTorch and joblib archives are known. */
const PICKLES = /(?:^|\/)(?:data\.pkl|[^/]*\.(?:pkl|pickle|joblib|pt|pth))$/;

export type UploadedModel = { model: Uint8Array; source: ImportSource };

/**
 * The ONNX model in an uploaded file: the file itself, or the graph of a folder as tar, tar.gz or zip (an MLflow model's, or one
 * with a single graph), with the tensor data that lies beside it inside.
 * Throws `model.external-data`, `model.not-onnx`, `model.pickle`, `model.no-onnx-flavor` and `model.refused`.
 */
export function readUpload(bytes: Uint8Array, file: string, maxBytes: number): UploadedModel {
  if (bytes.byteLength > maxBytes) throw tooLarge(file, bytes.byteLength, maxBytes);
  const stranger = STRANGERS.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0];
  if (stranger?.startsWith('a pickle')) throw fail('model.pickle', { file });
  if (stranger !== undefined) throw fail('model.not-onnx', { file, reason: `it is ${stranger}` });
  const archive = readArchive({ file, bytes, maxBytes });
  if (archive === undefined) {
    const beside = { file, archive: new Map(), folder: '', maxBytes };
    return { model: inlineExternalData(bytes, beside), source: { file } };
  }
  const { path, mlflow } = graphOf(archive, file);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const model = inlineExternalData(archive.get(path)!(), { file, archive, folder, maxBytes });
  if (model.byteLength > maxBytes) throw tooLarge(file, model.byteLength, maxBytes);
  return { model, source: mlflow === undefined ? { file } : { file, mlflow } };
}

/** The graph that an MLflow model names, or else the only one that there is. */
function graphOf(archive: Archive, file: string): { path: string; mlflow?: ImportSource['mlflow'] } {
  const names = [...archive.keys()];
  if (names.some((name) => /(?:^|\/)MLmodel$/.test(name))) return readMlflowModel(archive, file);
  if (names.some((name) => PICKLES.test(name))) throw fail('model.pickle', { file });
  const [path, ...more] = names.filter((name) => name.endsWith('.onnx'));
  if (path !== undefined && more.length === 0) return { path };
  const reason = `the archive holds ${path === undefined ? 'no' : more.length + 1} .onnx files and no MLmodel`;
  throw fail('model.not-onnx', { file, reason });
}

function tooLarge(file: string, bytes: number, maxBytes: number): Error {
  return fail('model.refused', { file, reason: `it has ${bytes} bytes; the limit is ${maxBytes}` });
}
