import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BIN_WIDTH } from '../histogram-layout.ts';
import { accumulateReference, partitionReference, subtractReference } from './reference-kernels.ts';
import { openTreeKernels, type TreeKernels } from './tree-kernels.ts';

/** Some rows with their bins by column and derivatives, and the ones to work on, in any order. */
type Drawn = { rows: number; columns: number[][]; gradient: number[]; hessian: number[]; part: number[] };

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 });

const drawn: fc.Arbitrary<Drawn> = fc.integer({ min: 1, max: 60 }).chain((rows) => {
  const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: rows, maxLength: rows });
  const column = fc.constantFrom(0, 1, 255).chain((highest) => each(fc.integer({ min: 0, max: highest })));
  return fc.record({
    rows: fc.constant(rows),
    columns: fc.array(column, { minLength: 1, maxLength: 9 }),
    gradient: each(float),
    hessian: each(float),
    part: fc.shuffledSubarray(Array.from({ length: rows }, (_, row) => row)),
  });
});

function filled<T extends { set(values: number[]): void }>(array: T, values: number[]): T {
  array.set(values);
  return array;
}

/** The part in the middle of a longer list, so that a kernel which ignores where it begins or ends is found out. */
function around(part: number[], rows: number) {
  const list = [rows - 1, ...part, 0];
  return { list, begin: 1, end: list.length - 1 };
}

function accumulated(kernels: TreeKernels, { rows, columns, gradient, hessian, part }: Drawn): Float64Array {
  const { list, begin, end } = around(part, rows);
  const table = kernels.columns(columns.length);
  columns.forEach((bins, c) => {
    table.add(filled(kernels.bytes(rows), bins), c * 256 * BIN_WIDTH);
  });
  const order = filled(kernels.int32(list.length), list);
  const pairs = kernels.float32(2 * list.length);
  const histogram = kernels.float64(columns.length * 256 * BIN_WIDTH);
  const derivatives = [
    filled(kernels.float32(rows), gradient),
    filled(kernels.float32(rows), hessian),
  ] as const;
  kernels.gather(order, begin, end, ...derivatives, pairs);
  kernels.accumulate(histogram, table, order, begin, end, pairs);
  return histogram;
}

describe('to the bit as the plain words say', () => {
  test('rows are added to histograms', () => {
    fc.assert(
      fc.property(drawn, (one) => {
        const { list, begin, end } = around(one.part, one.rows);
        const expected = new Float64Array(one.columns.length * 256 * BIN_WIDTH);
        const columns = one.columns.map((bins, c) => ({
          bins: Uint8Array.from(bins),
          offset: c * 256 * BIN_WIDTH,
        }));
        const derivatives = [Float32Array.from(one.gradient), Float32Array.from(one.hessian)] as const;
        accumulateReference(expected, columns, Int32Array.from(list), begin, end, ...derivatives);
        expect(Array.from(accumulated(openTreeKernels(), one))).toEqual(Array.from(expected));
      }),
    );
  });

  test('histograms are subtracted, those of an odd length too', () => {
    const kernels = openTreeKernels();
    const pairs = fc.array(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), {
      maxLength: 9,
    });
    fc.assert(
      fc.property(pairs, (numbers) => {
        const [larger, smaller] = [numbers.map(([a]) => a), numbers.map(([, b]) => b)];
        const expected = Float64Array.from(larger);
        subtractReference(expected, Float64Array.from(smaller));
        const own = filled(kernels.float64(larger.length), larger);
        const next = filled(kernels.float64(1), [7]);
        kernels.subtract(own, filled(kernels.float64(smaller.length), smaller));
        expect(Array.from(own)).toEqual(Array.from(expected));
        expect(next[0]).toBe(7);
      }),
    );
  });

  test('rows are parted, each side keeping its order', () => {
    const kernels = openTreeKernels();
    fc.assert(
      fc.property(drawn, fc.infiniteStream(fc.constantFrom(0, 1)), ({ rows, columns, part }, sides) => {
        const { list, begin, end } = around(part, rows);
        const goesLeft = Array.from({ length: 256 }, () => sides.next().value as number);
        const expected = Int32Array.from(list);
        const bins = Uint8Array.from(columns[0]!);
        const middle = partitionReference(expected, begin, end, bins, Uint8Array.from(goesLeft));
        const order = filled(kernels.int32(list.length), list);
        const ownBins = filled(kernels.bytes(rows), columns[0]!);
        const sidesOfBins = filled(kernels.bytes(256), goesLeft);
        const scratch = kernels.int32(list.length + 1);
        expect(kernels.partition(order, begin, end, ownBins, sidesOfBins, scratch)).toBe(middle);
        expect(Array.from(order)).toEqual(Array.from(expected));
      }),
    );
  });
});

test('arrays made before the memory grew stay good', () => {
  const kernels = openTreeKernels();
  const early = filled(kernels.float64(3), [1, 2, 3]);
  const late = kernels.float64(1_000_000).fill(1);
  kernels.subtract(early, late.subarray(999_997));
  expect(Array.from(early)).toEqual([0, 1, 2]);
});
