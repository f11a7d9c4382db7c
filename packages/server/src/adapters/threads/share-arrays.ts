import type { Fold, LearnerData } from '../../stages/train/index.ts';

type TypedArray = Float32Array | Float64Array | Int32Array;

/** The data with every large array in shared memory, so that threads read one copy; what is shared already is kept. */
export function shareData(data: LearnerData): LearnerData {
  const { rows, columns, levels } = data.features;
  const features = { rows, levels, columns: columns.map(shared) };
  const weights = data.weights && shared(data.weights);
  return { ...data, features, target: shared(data.target), ...(weights ? { weights } : {}) };
}

export function shareFolds(folds: readonly Fold[]): Fold[] {
  return folds.map(({ train, validation }) => ({ train: shared(train), validation: shared(validation) }));
}

function shared<T extends TypedArray>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
