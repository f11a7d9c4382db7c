import {
  ELEMENT_TYPES,
  sizeOf,
  type Tensor,
  type TensorManifest,
  type TensorSpec,
} from '../../stages/pack/index.ts';

type Inputs = readonly Pick<Tensor, 'name' | 'shape'>[];
type Specs = Pick<TensorManifest, 'inputs' | 'outputs'>;

/**
 * Bytes of all outputs of a run, as the shapes that the graph declares say: an open size that an input has too is that input's.
 * Undefined where they do not say: an output has a size of its own, or is text.
 */
export function declaredOutputBytes({ inputs, outputs }: Specs, given: Inputs): number | undefined {
  const sizes = openSizes(inputs, given);
  let bytes = 0;
  for (const { type, shape } of outputs) {
    const each = ELEMENT_TYPES[type].bytes;
    if (shape === null || each === 0) return undefined;
    const known = shape.map((size) => (typeof size === 'number' ? size : sizes.get(size)));
    if (known.some((size) => size === undefined)) return undefined;
    bytes += each * sizeOf(known as number[]);
  }
  return bytes;
}

/** What each open size of the inputs is in this request. */
function openSizes(specs: readonly TensorSpec[], given: Inputs): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, shape } of specs) {
    const found = given.find((tensor) => tensor.name === name)?.shape ?? [];
    for (const [axis, size] of (shape ?? []).entries())
      if (typeof size === 'string' && size !== '') sizes.set(size, found[axis] ?? 0);
  }
  return sizes;
}

export function bytesOfTensors(tensors: readonly Pick<Tensor, 'bytes'>[]): number {
  return tensors.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
}

/**
 * What outputs of a model take at worst, learned from what they took: for models whose declared shapes do not say. The most that any
 * row took so far is what each row is taken to take.
 */
export class SeenOutputs {
  #bytesPerRow: number;

  /** @param bytesPerRow of the answers kept from the import; 0 where there are none */
  constructor(bytesPerRow = 0) {
    this.#bytesPerRow = bytesPerRow;
  }

  expect(rows: number): number {
    return Math.ceil(this.#bytesPerRow * rows);
  }

  saw(bytes: number, rows: number): void {
    this.#bytesPerRow = Math.max(this.#bytesPerRow, bytes / Math.max(1, rows));
  }
}

/** What the outputs took when the model was imported. */
export function seenAtImport({ golden: { inputs, outputs } }: Pick<TensorManifest, 'golden'>): SeenOutputs {
  const bytes = outputs.reduce((sum, { base64 }) => sum + Buffer.byteLength(base64, 'base64'), 0);
  return new SeenOutputs(bytes / Math.max(1, inputs[0]?.shape[0] ?? 1));
}
