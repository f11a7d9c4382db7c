import { describe, expect, it } from 'vitest';
import type { TensorSpec } from '../../stages/pack/index.ts';
import { declaredOutputBytes, SeenOutputs } from './output-bytes.ts';

const spec = (
  name: string,
  shape: TensorSpec['shape'],
  type: TensorSpec['type'] = 'float32',
): TensorSpec => ({
  name,
  type,
  shape,
});
const X = spec('x', ['rows', 3, 'height']);
const given = [{ name: 'x', shape: [5, 3, 7] }];

describe('what outputs take at worst', () => {
  it('is what their shapes say, open sizes being those of the inputs', () => {
    const outputs = [spec('y', ['rows', 10]), spec('mask', ['rows', 'height', 2], 'int64'), spec('n', [])];
    expect(declaredOutputBytes({ inputs: [X], outputs }, given)).toBe(4 * 50 + 8 * 5 * 7 * 2 + 4);
  });

  it.each([
    ['a size of its own', spec('y', ['rows', 'found'])],
    ['a size without a name', spec('y', ['rows', ''])],
    ['no shape', spec('y', null)],
    ['text', spec('y', ['rows'], 'string')],
  ])('is not known of an output with %s', (_, output) => {
    expect(declaredOutputBytes({ inputs: [X], outputs: [output] }, given)).toBeUndefined();
  });

  it('is learned from the largest row so far then', () => {
    const seen = new SeenOutputs(10);
    expect(seen.expect(3)).toBe(30);
    seen.saw(1000, 10);
    seen.saw(5, 1);
    expect(seen.expect(3)).toBe(300);
  });
});
