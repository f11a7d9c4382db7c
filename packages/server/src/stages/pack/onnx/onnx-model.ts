import { modelProto } from './onnx-schema.ts';

/** Element types of tensors, TensorProto.DataType. */
export const ELEMENT = { float: 1, int64: 7, string: 8, bool: 9, double: 11 } as const;
export type ElementType = keyof typeof ELEMENT;

export type OnnxTensor = {
  name?: string;
  dims: number[];
  dataType: number;
  rawData?: Uint8Array;
  stringData?: Uint8Array[];
};

export type OnnxAttribute = {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: OnnxTensor;
  g?: OnnxGraph;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
};

export type OnnxNode = {
  name: string;
  opType: string;
  domain: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
};

export type OnnxDimension = { dimValue: number } | { dimParam: string };
export type OnnxValue = {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: OnnxDimension[] } } };
};

/** GraphProto, as far as we write it: the whole of a model, or the body of a loop. */
export type OnnxGraph = {
  name: string;
  node: OnnxNode[];
  initializer: OnnxTensor[];
  input: OnnxValue[];
  output: OnnxValue[];
};

/** ModelProto, as far as we write it. */
export type OnnxModel = {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  opsetImport: { domain: string; version: number }[];
  graph: OnnxGraph;
  metadataProps: { key: string; value: string }[];
};

export function encodeOnnx(model: OnnxModel): Uint8Array {
  return modelProto.encode(modelProto.fromObject(model)).finish();
}
