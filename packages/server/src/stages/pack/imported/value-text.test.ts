import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJson } from '../../../kernel/index.ts';
import { nestValues } from './example-body.ts';
import { type ElementType, sizeOf } from './model.ts';
import { decodeValues, encodeValues } from './tensor-values.ts';
import { listSizes, mostTextBytes, valueRuns, valueText } from './value-text.ts';

const double = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1e21, -Number.MAX_VALUE, 5e-324, 0.1));
const VALUES: Partial<Record<ElementType, fc.Arbitrary<unknown>>> = {
  float64: double.map((value) => (Number.isFinite(value) ? value : null)),
  float32: double.map((value) => (Number.isFinite(Math.fround(value)) ? value : null)),
  int8: fc.integer({ min: -128, max: 127 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  int64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
  bool: fc.boolean(),
  string: fc.string({ unit: 'grapheme' }),
};

const tensors = fc
  .tuple(
    fc.constantFrom(...(Object.keys(VALUES) as ElementType[])),
    fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 0, maxLength: 4 }),
  )
  .chain(([type, shape]) =>
    fc
      .array(VALUES[type]!, { minLength: sizeOf(shape), maxLength: sizeOf(shape) })
      .map((values) => ({ type, shape, bytes: encodeValues(type, values, 'x') })),
  );

describe('the JSON of a tensor’s values', () => {
  it('is what JSON.stringify makes of them, in runs of any size, flat or in lists, and no longer than was said', () => {
    fc.assert(
      fc.property(tensors, fc.integer({ min: 1, max: 40 }), (tensor, bytesEach) => {
        const values = decodeValues(tensor);
        const text = (lists: number[]) =>
          [...valueRuns(tensor, { lists }, bytesEach)].map(valueText).join('');
        expect(`[${text([])}]`).toBe(exactJson(values));
        const nested = text(listSizes(tensor.shape));
        expect(nested).toBe(exactJson(nestValues(values, tensor.shape)));
        expect(Buffer.byteLength(nested)).toBeLessThanOrEqual(mostTextBytes(tensor));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps all digits of whole numbers of 64 bits', () => {
    const bytes = new Uint8Array(BigInt64Array.of(9007199254740993n, -(2n ** 63n)).buffer);
    expect(valueText({ type: 'int64', bytes, first: 0, lists: [2] })).toBe(
      '[9007199254740993,-9223372036854775808]',
    );
  });

  it('writes NaN and infinite numbers as tokens where they are kept, and as null elsewhere', () => {
    const bytes = new Uint8Array(Float32Array.of(1.5, Number.NaN, -1 / 0, 1 / 0).buffer);
    const run = { type: 'float32' as const, bytes, first: 0, lists: [4] };
    expect(valueText({ ...run, keepsNonFinite: true })).toBe('[1.5,NaN,-Infinity,Infinity]');
    expect(valueText(run)).toBe('[1.5,null,null,null]');
  });

  it('leaves the bytes it was made from alone', () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    const runs = [...valueRuns({ type: 'float32', bytes }, { lists: [] }, 4)];
    expect(runs.map((run) => run.bytes.buffer.byteLength)).toEqual([4, 4, 4]);
    expect(bytes.byteLength).toBe(12);
  });
});
