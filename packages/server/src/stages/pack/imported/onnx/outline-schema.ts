import protobuf from 'protobufjs/light.js';

type Field = readonly [type: string, id: number, rule?: 'repeated'];

/**
 * The parts of onnx.proto that say what a graph is and by which shapes are computed. Other numbers are skipped while reading, or
 * stay views of the bytes.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const OUTLINE: Record<string, Record<string, Field>> = {
  ModelProto: {
    irVersion: ['int64', 1],
    producerName: ['string', 2],
    producerVersion: ['string', 3],
    graph: ['GraphProto', 7],
    opsetImport: ['OperatorSetIdProto', 8, 'repeated'],
    functions: ['FunctionProto', 25, 'repeated'],
  },
  OperatorSetIdProto: { domain: ['string', 1], version: ['int64', 2] },
  FunctionProto: {
    name: ['string', 1],
    input: ['string', 4, 'repeated'],
    output: ['string', 5, 'repeated'],
    node: ['NodeProto', 7, 'repeated'],
    opsetImport: ['OperatorSetIdProto', 9, 'repeated'],
    domain: ['string', 10],
    attributeProto: ['AttributeProto', 11, 'repeated'],
    overload: ['string', 13],
  },
  GraphProto: {
    node: ['NodeProto', 1, 'repeated'],
    name: ['string', 2],
    initializer: ['TensorProto', 5, 'repeated'],
    input: ['ValueInfoProto', 11, 'repeated'],
    output: ['ValueInfoProto', 12, 'repeated'],
    sparseInitializer: ['SparseTensorProto', 15, 'repeated'],
  },
  NodeProto: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
    name: ['string', 3],
    opType: ['string', 4],
    attribute: ['AttributeProto', 5, 'repeated'],
    domain: ['string', 7],
    overload: ['string', 8],
  },
  AttributeProto: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    t: ['TensorProto', 5],
    g: ['GraphProto', 6],
    floats: ['float', 7, 'repeated'],
    ints: ['int64', 8, 'repeated'],
    strings: ['bytes', 9, 'repeated'],
    graphs: ['GraphProto', 11, 'repeated'],
    refAttrName: ['string', 21],
  },
  TensorProto: {
    dims: ['int64', 1, 'repeated'],
    dataType: ['int32', 2],
    floatData: ['float', 4, 'repeated'],
    int32Data: ['int32', 5, 'repeated'],
    int64Data: ['int64', 7, 'repeated'],
    name: ['string', 8],
    rawData: ['bytes', 9],
  },
  TensorSizes: { dims: ['int64', 1, 'repeated'] },
  SparseTensorProto: { values: ['TensorProto', 1] },
  ValueInfoProto: { name: ['string', 1], type: ['TypeProto', 2] },
  TypeProto: {
    tensorType: ['TensorTypeProto', 1],
    sequenceType: ['SequenceTypeProto', 4],
    mapType: ['Other', 5],
    opaqueType: ['Other', 7],
    sparseTensorType: ['Other', 8],
    optionalType: ['Other', 9],
  },
  Other: {},
  // Only as deep as a list of maps goes: a type may hold types without end.
  SequenceTypeProto: { elemType: ['ElementProto', 1] },
  ElementProto: { tensorType: ['TensorTypeProto', 1], mapType: ['MapTypeProto', 5] },
  MapTypeProto: { valueType: ['MapValueProto', 2] },
  MapValueProto: { tensorType: ['TensorTypeProto', 1] },
  TensorTypeProto: { elemType: ['int32', 1], shape: ['TensorShapeProto', 2] },
  TensorShapeProto: { dim: ['DimensionProto', 1, 'repeated'] },
  DimensionProto: { dimValue: ['int64', 1], dimParam: ['string', 2] },
};

function message(fields: Record<string, Field>) {
  const entries = Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, rule }]);
  return { fields: Object.fromEntries(entries) };
}

const messages = Object.entries(OUTLINE).map(([name, fields]) => [name, message(fields)]);

const root = protobuf.Root.fromJSON({ nested: Object.fromEntries(messages) });
const outlineProto = root.lookupType('ModelProto');
const tensorSizes = root.lookupType('TensorSizes');

/** What a model is, without its numbers. Throws where the bytes are none; their size must have been looked at before. */
export function decodeOutline(model: Uint8Array): RawModel {
  const message = outlineProto.decode(model);
  return outlineProto.toObject(message, { longs: Number, defaults: true }) as RawModel;
}

/** The sizes of an encoded tensor. Throws where the bytes are none. */
export function dimsOf(tensor: Uint8Array): number[] {
  const { dims } = tensorSizes.toObject(tensorSizes.decode(tensor), { longs: Number, defaults: true });
  return dims as number[];
}

/** A model as {@link decodeOutline} reads it, with defaults in place of what is left out. */
export type RawModel = {
  irVersion: number;
  producerName: string;
  producerVersion: string;
  graph: RawGraph | null;
  opsetImport: { domain: string; version: number }[];
  functions: RawFunction[];
};
export type RawFunction = {
  name: string;
  domain: string;
  overload: string;
  input: string[];
  output: string[];
  node: RawNode[];
  opsetImport: { domain: string; version: number }[];
  attributeProto: RawAttribute[];
};
/** A constant. Which field holds the values is what the writer chose; those of other types than these are skipped. */
export type RawTensor = {
  name: string;
  dims: number[];
  dataType: number;
  floatData: number[];
  int32Data: number[];
  int64Data: number[];
  rawData: Uint8Array;
};
export type RawAttribute = {
  name: string;
  f: number;
  i: number;
  s: Uint8Array;
  t: RawTensor | null;
  g: RawGraph | null;
  floats: number[];
  ints: number[];
  strings: Uint8Array[];
  graphs: RawGraph[];
  refAttrName: string;
};
export type RawGraph = {
  name: string;
  node: RawNode[];
  initializer: RawTensor[];
  sparseInitializer: { values: { name: string } | null }[];
  input: RawValue[];
  output: RawValue[];
};
export type RawNode = {
  name: string;
  opType: string;
  domain: string;
  overload: string;
  input: string[];
  output: string[];
  attribute: RawAttribute[];
};
export type RawValue = { name: string; type: RawType | null };
export type RawTensorType = {
  elemType: number;
  shape: { dim: { dimValue?: number; dimParam?: string }[] } | null;
};
type Tensors = { tensorType: RawTensorType | null };
export type RawType = Tensors & {
  sequenceType: { elemType: (Tensors & { mapType: { valueType: Tensors | null } | null }) | null } | null;
} & Record<'mapType' | 'opaqueType' | 'sparseTensorType' | 'optionalType', object | null>;
