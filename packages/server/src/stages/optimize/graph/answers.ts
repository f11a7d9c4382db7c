import type { NamedTensor } from '../model.ts';
import { fromHalf } from './half/to-half.ts';

/** A measure of how good answers are, on rows whose right answers are known or are those of the model as it was. */
export type Measure = { name: string; higherIsBetter: boolean; says: string };

export type Judge = {
  measure: Measure;
  /** Of the answers to every batch, in order. */
  qualityOf(answers: readonly (readonly NamedTensor[])[]): number;
};

/** The true answer to each row: a class by name or number, or a number. */
export type Labels = readonly (string | number)[];

const ACCURACY: Measure = { name: 'accuracy', higherIsBetter: true, says: 'share of right classes' };
const R2: Measure = { name: 'r2', higherIsBetter: true, says: 'share of the variance explained' };
const AGREEMENT: Measure = {
  name: 'agreement',
  higherIsBetter: true,
  says: 'share of rows answered with the same class as before',
};
const FIDELITY: Measure = {
  name: 'fidelity',
  higherIsBetter: true,
  says: "1 minus the squared difference from the model's own answers before, as a share of their variance",
};

/** Judges by right answers. `classes` names the scores in their order, where they have names. */
export function judgeByLabels(labels: Labels, classes: readonly string[], isClass: boolean): Judge {
  if (!isClass) {
    const truth = Float64Array.from(labels, Number);
    return {
      measure: R2,
      qualityOf: (answers) => explained(truth, numbersOf(answers.map((tensors) => tensors[0]!))),
    };
  }
  const places = new Map(classes.map((name, at) => [name, at]));
  const truth = labels.map((label) => places.get(String(label)) ?? Number(label));
  return {
    measure: ACCURACY,
    qualityOf: (answers) =>
      sameShare(
        truth,
        answers.flatMap((tensors) => classesOf(tensors, classes)),
      ),
  };
}

/** Judges by the answers of the model as it was. */
export function judgeByFormer(
  former: readonly (readonly NamedTensor[])[],
  classes: readonly string[],
  isClass: boolean,
): Judge {
  if (isClass) {
    const truth = former.flatMap((tensors) => classesOf(tensors, classes));
    return {
      measure: AGREEMENT,
      qualityOf: (answers) =>
        sameShare(
          truth,
          answers.flatMap((tensors) => classesOf(tensors, classes)),
        ),
    };
  }
  const truth = numbersOf(former.flat());
  return { measure: FIDELITY, qualityOf: (answers) => explained(truth, numbersOf(answers.flat())) };
}

/** The place of the class that each row is answered with; none where no tensor tells one for each row. */
function classesOf(tensors: readonly NamedTensor[], classes: readonly string[]): (number | string)[] {
  const tensor = decidingTensor(tensors, classes);
  if (tensor === undefined) return [];
  const values = numbersOf([tensor]);
  const rows = tensor.shape[0] ?? 1;
  const width = rows === 0 ? 0 : values.length / rows;
  if (rows > 0 && width === 0) return [];
  return Array.from({ length: rows }, (_, row) => {
    const scores = values.subarray(row * width, (row + 1) * width);
    if (width > 1) return scores.reduce((best, score, at) => (score > scores[best]! ? at : best), 0);
    return tensor.type.startsWith('float') ? Number(scores[0]! > 0.5) : scores[0]!;
  });
}

function decidingTensor(
  tensors: readonly NamedTensor[],
  classes: readonly string[],
): NamedTensor | undefined {
  const numbers = tensors.filter(({ type }) => READERS.has(type));
  const fits = ({ shape, type }: NamedTensor) =>
    type.startsWith('float') &&
    shape.length >= 2 &&
    (classes.length > 0 ? shape.at(-1) === classes.length : shape.at(-1)! > 1);
  return (
    numbers.find(fits) ??
    numbers.find(({ type, shape }) => /^u?int/.test(type) && shape.slice(1).every((size) => size === 1)) ??
    numbers.find(({ type, shape }) => type.startsWith('float') && shape.slice(1).every((size) => size === 1))
  );
}

function sameShare(truth: readonly (number | string)[], found: readonly (number | string)[]): number {
  if (truth.length === 0 || found.length !== truth.length) return Number.NaN;
  return truth.filter((value, at) => value === found[at]).length / truth.length;
}

function explained(truth: Float64Array, found: Float64Array): number {
  if (truth.length === 0 || truth.length !== found.length) return Number.NaN;
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  let error = 0;
  let variance = 0;
  for (const [at, value] of truth.entries()) {
    error += (value - found[at]!) ** 2;
    variance += (value - mean) ** 2;
  }
  if (variance === 0) return error === 0 ? 1 : Number.NEGATIVE_INFINITY;
  return 1 - error / variance;
}

type Reader = (view: DataView, at: number) => number;

const READERS = new Map(
  Object.entries<readonly [bytes: number, read: Reader]>({
    float32: [4, (view, at) => view.getFloat32(at, true)],
    float64: [8, (view, at) => view.getFloat64(at, true)],
    float16: [2, (view, at) => fromHalf(view.getUint16(at, true))],
    int64: [8, (view, at) => Number(view.getBigInt64(at, true))],
    int32: [4, (view, at) => view.getInt32(at, true)],
    int16: [2, (view, at) => view.getInt16(at, true)],
    int8: [1, (view, at) => view.getInt8(at)],
    uint64: [8, (view, at) => Number(view.getBigUint64(at, true))],
    uint32: [4, (view, at) => view.getUint32(at, true)],
    uint16: [2, (view, at) => view.getUint16(at, true)],
    uint8: [1, (view, at) => view.getUint8(at)],
    bool: [1, (view, at) => view.getUint8(at)],
  }),
);

/** All values of tensors of numbers. Texts are left out; numbers that nobody can read are not a number, which is never as good as before. */
export function numbersOf(tensors: readonly NamedTensor[]): Float64Array {
  const parts = tensors.flatMap(({ type, bytes }) => {
    const reader = READERS.get(type);
    if (reader === undefined) return type === 'string' ? [] : [Float64Array.of(Number.NaN)];
    const [size, read] = reader;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return [Float64Array.from({ length: bytes.byteLength / size }, (_, i) => read(view, i * size))];
  });
  if (parts.length === 1) return parts[0]!;
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
