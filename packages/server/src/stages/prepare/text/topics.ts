import { seededRandom } from '../../../kernel/index.ts';
import type { TextTerms } from './text-terms.ts';

/** Steps of the iteration; each sharpens what the leading directions are. */
const STEPS = 3;

/** Directions carried beside those wanted, so that the last of these are right too. */
const SPARE = 8;

/**
 * The directions along which the rows differ most: the leading right singular vectors of the terms' values (latent
 * semantic analysis, Deerwester et al. 1990), by subspace iteration from a random start (Halko, Martinsson and Tropp 2011,
 * algorithm 4.4). Fewer come back where the rows have no more. One weight for each term, in float32.
 */
export function findTopics(texts: TextTerms, wanted: number, seed: number): number[][] {
  const terms = texts.vocabulary.idf.length;
  const width = Math.min(wanted + SPARE, terms, texts.rows);
  if (width === 0) return [];
  const random = seededRandom(seed);
  let basis: Float64Array[] = Array.from({ length: width }, () =>
    Float64Array.from({ length: terms }, () => random() - 0.5),
  );
  for (let step = 0; step < STEPS; step++) basis = orthonormal(normalTimes(texts, basis));
  const images = normalTimes(texts, basis);
  const { values, vectors } = eigen(basis.map((a) => Float64Array.from(images, (b) => dot(a, b))));
  const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]!);
  const least = 1e-9 * Math.max(...values);
  return order
    .filter((i) => values[i]! > least)
    .slice(0, wanted)
    .map((i) => upright(combined(basis, vectors[i]!)));
}

/** The matrix of values, transposed, times itself, times each of the directions: all at once, so that each value is read once. */
function normalTimes(
  { rows, starts, terms, values }: TextTerms,
  directions: readonly Float64Array[],
): Float64Array[] {
  const width = directions.length;
  const count = directions[0]?.length ?? 0;
  const from = new Float64Array(count * width);
  directions.forEach((direction, d) => {
    for (let t = 0; t < count; t++) from[t * width + d] = direction[t]!;
  });
  const to = new Float64Array(count * width);
  const sums = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    sums.fill(0);
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      const [value, at] = [values[i]!, terms[i]! * width];
      for (let d = 0; d < width; d++) sums[d]! += value * from[at + d]!;
    }
    for (let i = starts[row]!; i < starts[row + 1]!; i++) {
      const [value, at] = [values[i]!, terms[i]! * width];
      for (let d = 0; d < width; d++) to[at + d]! += value * sums[d]!;
    }
  }
  return directions.map((_, d) => Float64Array.from({ length: count }, (_t, t) => to[t * width + d]!));
}

/** The vectors made orthonormal one after the other, twice for the sake of rounding; those that add nothing are left out. */
function orthonormal(vectors: Float64Array[]): Float64Array[] {
  const found: Float64Array[] = [];
  for (const vector of vectors) {
    const before = Math.sqrt(dot(vector, vector));
    for (let pass = 0; pass < 2; pass++) {
      for (const earlier of found) add(vector, -dot(vector, earlier), earlier);
    }
    const length = Math.sqrt(dot(vector, vector));
    if (length > 1e-10 * before) found.push(vector.map((value) => value / length));
  }
  return found;
}

/** Eigenvalues and eigenvectors of a small symmetric matrix by Jacobi rotations (Golub and Van Loan 2013, 8.5). */
function eigen(matrix: Float64Array[]): { values: number[]; vectors: Float64Array[] } {
  const n = matrix.length;
  const vectors = Array.from({ length: n }, (_, i) =>
    Float64Array.from({ length: n }, (_u, j) => +(i === j)),
  );
  for (let sweep = 0; sweep < 30; sweep++) {
    let off = 0;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) off += matrix[p]![q]! ** 2;
    if (off < 1e-22) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(matrix, vectors, p, q);
  }
  return { values: matrix.map((row, i) => row[i]!), vectors };
}

/** Makes the entry at p, q zero; `vectors` has the eigenvectors as rows. */
function rotate(matrix: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const off = matrix[p]![q]!;
  if (off === 0) return;
  const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * off);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (const row of matrix) turn(row, p, row, q, c, s);
  const [a, b, u, v] = [matrix[p]!, matrix[q]!, vectors[p]!, vectors[q]!];
  for (let k = 0; k < matrix.length; k++) {
    turn(a, k, b, k, c, s);
    turn(u, k, v, k, c, s);
  }
}

function turn(a: Float64Array, i: number, b: Float64Array, j: number, c: number, s: number): void {
  const [x, y] = [a[i]!, b[j]!];
  a[i] = c * x - s * y;
  b[j] = s * x + c * y;
}

function combined(basis: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sum = new Float64Array(basis[0]!.length);
  basis.forEach((direction, i) => {
    add(sum, weights[i]!, direction);
  });
  return sum;
}

/** A direction and its opposite are as good: the one whose largest weight is positive, in float32. */
function upright(direction: Float64Array): number[] {
  let largest = 0;
  for (const weight of direction) if (Math.abs(weight) > Math.abs(largest)) largest = weight;
  return Array.from(direction, (weight) => Math.fround(largest < 0 ? -weight : weight));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(into: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * vector[i]!;
}
