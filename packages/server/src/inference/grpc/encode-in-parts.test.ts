import { describe, expect, it } from 'vitest';
import { encodeInParts } from './encode-in-parts.ts';
import { decodeMessage, encodeMessage } from './schema.ts';

const raw = [new Uint8Array(9_000_000).map((_, i) => i % 251), new Uint8Array([1, 2]), new Uint8Array(0)];
const response = {
  model_name: 'm',
  outputs: [{ name: 'y', datatype: 'UINT8', shape: [1] }],
  raw_output_contents: raw,
};

describe('an answer of large tensors over gRPC', () => {
  it.each([
    ['ModelInferResponse', response],
    ['ModelStreamInferResponse', { error_message: '', infer_response: response }],
  ])('is the %s that the encoder makes, in parts that are not copied', (name, answer) => {
    const parts = encodeInParts(name, answer);
    const [made, whole] = [Buffer.concat(parts), encodeMessage(name, answer)].map((each) => {
      const message = decodeMessage(name, each);
      const { raw_output_contents: contents, ...rest } = (message.infer_response ?? message) as {
        raw_output_contents: Uint8Array[];
      };
      return { contents: contents.map((one) => Buffer.from(one)), rest };
    });
    expect(made!.rest).toEqual(whole!.rest);
    expect(made!.contents.map((one, i) => one.equals(raw[i]!))).toEqual([true, true, true]);
    // By identity: comparing millions of bytes one by one takes minutes.
    const passed = parts.filter((part) => raw.includes(part as (typeof raw)[number]));
    expect(passed.map((part, i) => part === raw[i])).toEqual([true, true, true]);
  });

  it('is encoded as a whole where it is small', () => {
    const small = { ...response, raw_output_contents: [raw[1]!] };
    const parts = encodeInParts('ModelInferResponse', small);
    expect(parts).toEqual([encodeMessage('ModelInferResponse', small)]);
  });
});
