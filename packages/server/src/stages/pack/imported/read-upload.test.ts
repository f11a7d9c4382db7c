import { expect, it } from 'vitest';
import { textModel } from '../../../testing/sample-onnx.ts';
import { readUpload } from './read-upload.ts';

const MOST_BYTES = 1 << 20;

it.each([
  ['text', Buffer.from('a,b\n1,2\n')],
  ['a field of number 0', Buffer.from([0])],
  ['a wire type that is none', Buffer.from([0x0e, 1])],
  ['a field that ends behind the end', Buffer.from([0x3a, 0x7f, 1])],
  ['a model that is cut off', textModel().subarray(0, 60)],
])('refuses %s as no model', (_, bytes) => {
  expect(() => readUpload(bytes, 'model.onnx', MOST_BYTES)).toThrow(
    expect.objectContaining({ code: 'model.not-onnx' }),
  );
});
