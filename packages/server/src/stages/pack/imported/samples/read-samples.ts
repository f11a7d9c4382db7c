import { fail, isFailure, type SlipwayError } from '@slipway/contract';
import { readZip } from '../archive/read-zip.ts';
import type { Tensor, TensorSpec } from '../model.ts';
import { decodeValues, encodeValues, flattenNested, type Nested } from '../tensor-values.ts';
import { convertTensor } from './convert-tensor.ts';
import { readNpy } from './read-npy.ts';

/** Rows that a model takes, and the right answers where they are told. */
export type Samples = { inputs: Tensor[]; rows: number; labels: (string | number)[] | undefined };

/** What the right answers are called in a file of tensors. */
export const LABEL_NAMES = ['labels', 'label', 'y'];

export type SampleFile = { name: string; bytes: Uint8Array; maxBytes: number };

/** Whether a file holds tensors, by its name: others are tables. */
export function holdsTensors(file: string): boolean {
  return /\.(npz|npy|json)$/i.test(file);
}

/**
 * Rows for a model out of an .npz file (numpy.savez), an .npy file of its only input, or JSON with nested lists by tensor.
 * Throws `optimize.bad-data` where they do not fit, with what and why.
 */
export function readSamples(specs: readonly TensorSpec[], file: SampleFile): Samples {
  const arrays = readArrays(specs, file);
  const labels = LABEL_NAMES.filter((name) => specs.every((spec) => spec.name !== name))
    .map((name) => arrays.get(name))
    .find((tensor) => tensor !== undefined);
  const inputs = specs.map((spec) => {
    const found = arrays.get(spec.name) ?? theOnlyOne(specs, arrays, labels);
    if (found === undefined)
      throw refused(`${file.name} holds no ${spec.name}; it holds ${[...arrays.keys()].join(', ')}`);
    return convertTensor(spec, found, refused);
  });
  const rows = inputs[0]?.shape[0] ?? 0;
  if (rows === 0 || inputs.some(({ shape }) => shape[0] !== rows))
    throw refused(
      `${file.name} holds tensors of ${inputs.map(({ shape }) => shape[0] ?? 0).join(', ')} rows`,
    );
  if (labels !== undefined && labels.shape[0] !== rows)
    throw refused(`${file.name} holds ${rows} rows and ${labels.shape[0] ?? 0} labels`);
  return { inputs, rows, labels: labels && (decodeValues(labels).map(labelOf) as (string | number)[]) };
}

function labelOf(value: unknown): string | number {
  return typeof value === 'number' || typeof value === 'string' ? value : Number(value);
}

/** An array of another name serves where the model has one input and the file one array beside the labels. */
function theOnlyOne(
  specs: readonly TensorSpec[],
  arrays: ReadonlyMap<string, Tensor>,
  labels: Tensor | undefined,
): Tensor | undefined {
  const others = [...arrays.values()].filter((tensor) => tensor !== labels);
  return specs.length === 1 && others.length === 1 ? others[0] : undefined;
}

function readArrays(specs: readonly TensorSpec[], file: SampleFile): Map<string, Tensor> {
  if (/\.json$/i.test(file.name)) return fromJson(specs, file);
  if (/\.npy$/i.test(file.name)) return new Map([['array', readNpy('array', file.bytes, refused)]]);
  return unpacked(file, () => {
    const entries = readZip({ file: file.name, bytes: file.bytes, maxBytes: file.maxBytes });
    return new Map(
      [...entries].map(([path, bytes]) => {
        const name = path.replace(/\.npy$/i, '');
        return [name, readNpy(name, bytes(), refused)];
      }),
    );
  });
}

/** What is wrong with an archive is said of the data, not of a model. */
function unpacked<T>({ name }: SampleFile, unpack: () => T): T {
  try {
    return unpack();
  } catch (error) {
    if (!isFailure(error, 'model.refused')) throw error;
    throw fail('optimize.bad-data', { reason: `${name}: ${String(error.details.reason)}` }, { cause: error });
  }
}

function fromJson(specs: readonly TensorSpec[], { name: file, bytes }: SampleFile): Map<string, Tensor> {
  const content = parsed(file, bytes);
  const types = new Map(specs.map(({ name, type }) => [name, type]));
  return new Map(
    Object.entries(content).map(([name, nested]) => {
      const { shape, values } = flattenNested(nested as Nested, name);
      const isText = values.some((value) => typeof value === 'string');
      const type = types.get(name) ?? (isText ? 'string' : 'float64');
      return [name, { name, type, shape, bytes: encodeValues(type, values, name) }];
    }),
  );
}

function parsed(file: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof content === 'object' && content !== null && !Array.isArray(content))
      return content as Record<string, unknown>;
  } catch (cause) {
    throw fail('optimize.bad-data', { reason: `${file} is no JSON` }, { cause });
  }
  throw refused(`${file} holds no object of tensors, such as { "x": [[1, 2]], "labels": [0] }`);
}

function refused(reason: string): SlipwayError {
  return fail('optimize.bad-data', { reason });
}
