import { ELEMENT, type OnnxAttribute, type OnnxGraph, type OnnxTensor } from './onnx-model.ts';

const utf8 = new TextEncoder();

export function doubleTensor(values: ArrayLike<number>, dims: number[] = [values.length]): OnnxTensor {
  return { dims, dataType: ELEMENT.double, rawData: bytesOf(Float64Array.from(values)) };
}

export function floatTensor(values: ArrayLike<number>, dims: number[] = [values.length]): OnnxTensor {
  return { dims, dataType: ELEMENT.float, rawData: bytesOf(Float32Array.from(values)) };
}

export function int64Tensor(values: readonly number[], dims: number[] = [values.length]): OnnxTensor {
  return { dims, dataType: ELEMENT.int64, rawData: bytesOf(BigInt64Array.from(values, BigInt)) };
}

export function boolTensor(values: readonly boolean[], dims: number[] = [values.length]): OnnxTensor {
  return { dims, dataType: ELEMENT.bool, rawData: Uint8Array.from(values, Number) };
}

export function stringTensor(values: readonly string[], dims: number[] = [values.length]): OnnxTensor {
  return { dims, dataType: ELEMENT.string, stringData: values.map((value) => utf8.encode(value)) };
}

/** Raw tensor data is little-endian, as is every machine that Node runs on. */
function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** AttributeProto.AttributeType. */
const ATTRIBUTE = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;

export const attribute = {
  float: (name: string, f: number): OnnxAttribute => ({ name, type: ATTRIBUTE.float, f }),
  int: (name: string, i: number): OnnxAttribute => ({ name, type: ATTRIBUTE.int, i }),
  string: (name: string, text: string): OnnxAttribute => ({
    name,
    type: ATTRIBUTE.string,
    s: utf8.encode(text),
  }),
  tensor: (name: string, t: OnnxTensor): OnnxAttribute => ({ name, type: ATTRIBUTE.tensor, t }),
  graph: (name: string, g: OnnxGraph): OnnxAttribute => ({ name, type: ATTRIBUTE.graph, g }),
  floats: (name: string, floats: number[]): OnnxAttribute => ({ name, type: ATTRIBUTE.floats, floats }),
  ints: (name: string, ints: number[]): OnnxAttribute => ({ name, type: ATTRIBUTE.ints, ints }),
  strings: (name: string, texts: readonly string[]): OnnxAttribute => ({
    name,
    type: ATTRIBUTE.strings,
    strings: texts.map((text) => utf8.encode(text)),
  }),
};
