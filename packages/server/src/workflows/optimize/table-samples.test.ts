import { describe, expect, it } from 'vitest';
import type { TensorSpec } from '../../stages/pack/index.ts';
import { tableOf } from '../../testing/tables.ts';
import { tableSamples } from './table-samples.ts';

const PIXELS: TensorSpec[] = [{ name: 'pixels', type: 'float32', shape: ['n', 1, 2] }];
const COLUMNS: TensorSpec[] = [
  { name: 'text', type: 'string', shape: ['n'] },
  { name: 'n', type: 'int64', shape: ['n', 1] },
];

const floatsOf = (bytes: Uint8Array) => [...new Float32Array(new Uint8Array(bytes).buffer)];

describe('a table as the tensors of a model', () => {
  it('gives its number columns in their order to the one input, and keeps the answers apart', () => {
    const table = tableOf({ label: [3, 1], a: [1, 2], note: ['x', 'y'], b: [5, 6] });
    const { inputs, labels, rows } = tableSamples(PIXELS, table, null);
    expect([rows, labels]).toEqual([2, [3, 1]]);
    expect(inputs[0]).toMatchObject({ name: 'pixels', type: 'float32', shape: [2, 1, 2] });
    expect(floatsOf(inputs[0]!.bytes)).toEqual([1, 5, 2, 6]);
  });

  it('gives each tensor of one value its column', () => {
    const table = tableOf({ n: [1, 2], text: ['good', null], right: ['yes', 'no'] });
    const { inputs, labels } = tableSamples(COLUMNS, table, 'right');
    expect(inputs.map(({ shape, type }) => [type, shape])).toEqual([
      ['string', [2]],
      ['int64', [2, 1]],
    ]);
    expect(labels).toEqual(['yes', 'no']);
    expect(tableSamples(COLUMNS, table, null).labels).toBeUndefined();
  });

  it.each<[string, Parameters<typeof tableOf>[0], string | null, string]>([
    ['too few columns', { a: [1] }, null, 'a row of pixels has 2 values, and the table 1 columns'],
    ['an unknown target', { a: [1], b: [2] }, 'c', 'no column c'],
    ['a row without an answer', { a: [1], b: [2], y: [null as number | null] }, 'y', 'row 1 has no y'],
  ])('is refused for %s', (_, columns, target, says) => {
    expect(() => tableSamples(PIXELS, tableOf(columns), target)).toThrow(says);
  });
});
