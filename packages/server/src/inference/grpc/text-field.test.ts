import { describe, expect, it } from 'vitest';
import { encodeMessage } from './schema.ts';
import { textField } from './text-field.ts';

const tensors = [{ name: 'x', datatype: 'FP64', shape: [2], contents: { fp64_contents: [1, 2] } }];

describe('a field of a message that is not decoded', () => {
  it('is found wherever it stands, the last one where it comes twice', () => {
    const message = encodeMessage('ModelInferRequest', {
      ...{ model_name: 'churn', id: 'x', inputs: tensors, raw_input_contents: [Buffer.alloc(300)] },
      parameters: { timeout: { int64_param: 1 } },
    });
    expect(textField(message, 1)).toBe('churn');
    expect(textField(message, 3)).toBe('x');
    const named = encodeMessage('ModelInferRequest', { model_name: 'other'.repeat(40) });
    expect(textField(Buffer.concat([message, named]), 1)).toBe('other'.repeat(40));
    expect(textField(encodeMessage('RepositoryModelRequest', { model_name: 'churn' }), 2)).toBe('churn');
  });

  it('is none in a message without it, and in bytes that are no message', () => {
    expect(textField(encodeMessage('ModelInferRequest', { id: 'x' }), 1)).toBeUndefined();
    for (const bytes of [[], [0xff], [0x0a, 0x05, 0x61], [0x0b, 0x0c], Array<number>(11).fill(0xff)])
      expect(textField(Buffer.from(bytes), 1)).toBeUndefined();
  });
});
