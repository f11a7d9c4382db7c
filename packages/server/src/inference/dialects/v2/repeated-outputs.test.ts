import { describe, expect, it } from 'vitest';
import { chosenOutputs } from './outputs.ts';
import { toldTensors } from './tensors.ts';

const twice = ['y', 'y'].map((name) => ({ name, isBinary: true }));

describe('an output that a request names twice', () => {
  it('is refused, so that a short request does not ask for the same large tensor many times', () => {
    const output = { name: 'y', type: 'float32' as const, shape: [1], bytes: new Uint8Array(4) };
    expect(() => toldTensors([output], twice, true)).toThrow(
      expect.objectContaining({ code: 'request.invalid', path: 'outputs[1].name' }),
    );
    expect(toldTensors([output], twice.slice(1), true)).toHaveLength(1);
  });

  it('is refused of a model of columns as well', () => {
    const engine = { classes: ['no', 'yes'], classType: 'string' as const };
    const wanted = ['value', 'value'].map((name) => ({ name, isBinary: undefined }));
    const code = { code: 'request.invalid', path: 'outputs[1].name' };
    expect(() => chosenOutputs(engine, wanted)).toThrow(expect.objectContaining(code));
  });
});
