import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../../kernel/index.ts';
import { openMatrixKernels } from './matrix-kernels.ts';

const kernels = openMatrixKernels();
const random = seededRandom(3);

/** Random numbers in the kernels' memory. */
function filled(length: number): Float32Array {
  const array = kernels.floats(length);
  for (let i = 0; i < array.length; i++) array[i] = random() - 0.5;
  return array;
}

describe('the product of matrices', () => {
  test.each([
    [1, 1, 4],
    [1, 37, 96],
    [3, 8, 20],
    [4, 5, 8],
    [9, 33, 12],
    [64, 40, 100],
  ])('of %i rows, %i inputs and %i columns is the sum of products, with the bias', (m, k, n) => {
    const [a, b, bias] = [filled(m * k), filled(k * n), filled(n)] as const;
    const c = kernels.floats(m * n);
    kernels.multiply(a, b, c, bias, { m, k, n });
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = bias[j]!;
        for (let p = 0; p < k; p++) sum += a[i * k + p]! * b[p * n + j]!;
        expect(c[i * n + j]).toBeCloseTo(sum, 5);
      }
    }
  });
});

test('turning a matrix and summing its columns', () => {
  const [rows, columns] = [5, 8];
  const a = filled(rows * columns);
  const turned = kernels.floats(rows * columns);
  const sums = kernels.floats(columns);
  kernels.transpose(a, turned, rows, columns);
  kernels.sumColumns(a, sums, rows, columns);
  for (let j = 0; j < columns; j++) {
    let sum = 0;
    for (let i = 0; i < rows; i++) {
      expect(turned[j * rows + i]).toBe(a[i * columns + j]);
      sum += a[i * columns + j]!;
    }
    expect(sums[j]).toBeCloseTo(sum, 5);
  }
});

test('a step of Adam follows its definition', () => {
  const state = {
    weights: filled(8),
    gradients: filled(8),
    first: filled(8),
    second: filled(8).map(Math.abs),
    average: filled(8),
  };
  const second = kernels.floats(8);
  second.set(state.second);
  const own = { ...state, second };
  const before = Object.fromEntries(Object.entries(own).map(([name, values]) => [name, [...values]]));
  const step = { beta1: 0.9, beta2: 0.98, rate: 0.1, epsilon: 1e-3, decay: 0.01, follow: 0.25 };
  kernels.adam(own, step);
  for (let i = 0; i < 8; i++) {
    const g = before.gradients![i]!;
    const m = 0.9 * before.first![i]! + 0.1 * g;
    const v = 0.98 * before.second![i]! + 0.02 * g * g;
    const w = 0.99 * before.weights![i]! - (0.1 * m) / (Math.sqrt(v) + 1e-3);
    expect(own.weights[i]).toBeCloseTo(w, 4);
    expect(own.average[i]).toBeCloseTo(before.average![i]! + 0.25 * (w - before.average![i]!), 4);
  }
});
