import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logistic } from '../../../objectives/logistic.ts';
import { BIN_BYTES, BLOCK_BYTES, CELL_STEP } from './kernel-layout.ts';
import { newKernelMemory, openArena } from './kernel-memory.ts';
import { attachTreeKernels } from './tree-kernels.ts';

const memory = newKernelMemory();
const kernels = attachTreeKernels(memory);
const COUNT_BITS = 20;

/** Some rows with their bins by column and whole-number derivatives, and the ones to work on, in any order. */
type Drawn = { rows: number; columns: number[][]; gradient: number[]; hessian: number[]; part: number[] };

const drawn: fc.Arbitrary<Drawn> = fc.integer({ min: 1, max: 60 }).chain((rows) => {
  const each = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: rows, maxLength: rows });
  const column = fc.constantFrom(0, 1, 255).chain((highest) => each(fc.integer({ min: 0, max: highest })));
  return fc.record({
    rows: fc.constant(rows),
    columns: fc.array(column, { minLength: 1, maxLength: 9 }),
    gradient: each(fc.integer({ min: -(2 ** 29), max: 2 ** 29 })),
    hessian: each(fc.integer({ min: 0, max: 2 ** 29 })),
    part: fc.shuffledSubarray(Array.from({ length: rows }, (_, row) => row)),
  });
});

/** Cells of columns as they are packed, and where each column's start. */
function packed(arena: ReturnType<typeof openArena>, columns: number[][], rows: number): number[] {
  return columns.map((bins) => {
    const cells = arena.bytes(rows * CELL_STEP);
    bins.forEach((bin, row) => {
      cells[row * CELL_STEP] = bin;
    });
    return cells.byteOffset;
  });
}

test('rows are added to histograms: gradients, hessians and counts of any part of the rows', () => {
  fc.assert(
    fc.property(drawn, ({ rows, columns, gradient, hessian, part }) => {
      const arena = openArena(memory);
      const histogram = arena.float64(columns.length * 256 * 2);
      const places = packed(arena, columns, rows);
      const table = arena.int32(2 * columns.length);
      places.forEach((at, c) => {
        table.set([at, c * 256 * BIN_BYTES], 2 * c);
      });
      const quanta = arena.int32(2 * rows);
      gradient.forEach((g, row) => {
        quanta.set([g, hessian[row]!], 2 * row);
      });
      const order = arena.int32(part.length + 2);
      order.set([rows - 1, ...part, 0]);
      kernels.accumulate(
        histogram.byteOffset,
        table.byteOffset,
        columns.length,
        order.byteOffset,
        1,
        part.length + 1,
        quanta.byteOffset,
        COUNT_BITS,
        arena.place(BLOCK_BYTES),
      );
      const sums = new BigInt64Array(memory.buffer, histogram.byteOffset, histogram.length);
      columns.forEach((bins, c) => {
        for (let bin = 0; bin < 256; bin++) {
          const inBin = part.filter((row) => bins[row] === bin);
          const sum = (of: number[]) => inBin.reduce((total, row) => total + of[row]!, 0);
          const counted = (BigInt(sum(hessian)) << BigInt(COUNT_BITS)) + BigInt(inBin.length);
          expect(sums[(c * 256 + bin) * 2]).toBe(BigInt(sum(gradient)));
          expect(sums[(c * 256 + bin) * 2 + 1]).toBe(counted);
        }
      });
      arena.close();
    }),
    { numRuns: 30 },
  );
});

test('rows are parted, each side keeping its order', () => {
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.constantFrom(0, 1)), ({ rows, columns, part }, sides) => {
      const arena = openArena(memory);
      const goesLeft = arena.bytes(256);
      goesLeft.set(Array.from({ length: 256 }, () => sides.next().value as number));
      const [cells] = packed(arena, [columns[0]!], rows);
      const order = arena.int32(part.length);
      order.set(part);
      const right = arena.int32(part.length + 1);
      const from = order.byteOffset;
      const left = kernels.part(from, 0, part.length, cells!, goesLeft.byteOffset, from, right.byteOffset);
      const isLeft = (row: number) => goesLeft[columns[0]![row]!] === 1;
      expect([...order.subarray(0, left)]).toEqual(part.filter(isLeft));
      expect([...right.subarray(0, part.length - left)]).toEqual(part.filter((row) => !isLeft(row)));
      arena.close();
    }),
  );
});

test('values get the bin of the first threshold not below them, missing ones the bin for missing', () => {
  const values = fc.array(fc.float(), { minLength: 1, maxLength: 50 });
  const thresholds = fc.uniqueArray(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 254 });
  fc.assert(
    fc.property(values, thresholds, (xs, some) => {
      const arena = openArena(memory);
      const sorted = Float32Array.from(some).sort();
      const padded = arena.float32(256).fill(Number.POSITIVE_INFINITY);
      padded.set(sorted);
      const column = arena.float32(xs.length);
      column.set(xs);
      const bins = arena.bytes(xs.length);
      const missing = sorted.length + 1;
      kernels.assignBins(column.byteOffset, xs.length, padded.byteOffset, missing, bins.byteOffset, 1);
      const expected = xs.map((x) =>
        Number.isNaN(x) ? missing : sorted.filter((threshold) => threshold < x).length,
      );
      expect([...bins]).toEqual(expected);
      arena.close();
    }),
  );
});

test('derivatives of the log loss are those of the objective, weighted or not, near and far from nought', () => {
  const margins = [-1000, -40, -3.5, -1e-9, 0, 0.7, 12, 700, 1000];
  const arena = openArena(memory);
  const rows = arena.int32(margins.length).map((_, row) => row);
  const own = arena.int32(margins.length);
  own.set(rows);
  const target = Float64Array.from(margins, (_, row) => row % 2);
  const [m, y, w] = [0, 1, 2].map(() => arena.float64(margins.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  m.set(margins);
  y.set(target);
  w.set(margins.map((_, row) => 0.5 + row));
  for (const weights of [undefined, w]) {
    const [gradient, hessian] = [arena.float32(margins.length), arena.float32(margins.length)];
    const at = weights?.byteOffset ?? 0;
    kernels.logistic(
      own.byteOffset,
      0,
      margins.length,
      m.byteOffset,
      y.byteOffset,
      at,
      gradient.byteOffset,
      hessian.byteOffset,
    );
    const [g, h] = [new Float32Array(margins.length), new Float32Array(margins.length)];
    logistic.derivatives(m, target, weights, own, [g], [h]);
    g.forEach((expected, row) => {
      expect(gradient[row]).toBeCloseTo(expected, 6);
      expect(hessian[row]).toBeCloseTo(h[row]!, 6);
    });
  }
});

test('arrays made before the memory grew stay good, and a closed arena is used again', () => {
  const first = openArena(memory);
  const early = first.int32(3);
  early.set([1, 2, 3]);
  first.float64(1_000_000);
  expect([...early]).toEqual([1, 2, 3]);
  first.close();
  const before = memory.buffer.byteLength;
  const second = openArena(memory);
  expect(second.float64(1_000_000).every((x) => x === 0)).toBe(true);
  expect(memory.buffer.byteLength).toBe(before);
  second.close();
});
