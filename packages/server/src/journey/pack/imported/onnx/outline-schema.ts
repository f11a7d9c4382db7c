import protobuf from 'protobufjs/light.js';

type Field = readonly [type: string, id: number, rule?: 'repeated'];

/**
 * The parts of onnx.proto that say what a graph is, without its numbers, which are skipped while reading.
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
    domain: ['string', 10],
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
    g: ['GraphProto', 6],
    graphs: ['GraphProto', 11, 'repeated'],
  },
  TensorProto: { dims: ['int64', 1, 'repeated'], name: ['string', 8] },
  TensorSizes: { dims: ['int64', 1, 'repeated'] },
  SparseTensorProto: { values: ['TensorProto', 1] },
  ValueInfoProto: { name: ['string', 1], type: ['TypeProto', 2] },
  TypeProto: {
    tensorType: ['TensorTypeProto', 1],
    sequenceType: ['Other', 4],
    mapType: ['Other', 5],
    opaqueType: ['Other', 7],
    sparseTensorType: ['Other', 8],
    optionalType: ['Other', 9],
  },
  Other: {},
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
};
export type RawGraph = {
  name: string;
  node: RawNode[];
  initializer: { name: string; dims: number[] }[];
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
  attribute: { name: string; g: RawGraph | null; graphs: RawGraph[] }[];
};
export type RawValue = { name: string; type: RawType | null };
export type RawType = {
  tensorType: { elemType: number; shape: { dim: { dimValue?: number; dimParam?: string }[] } | null } | null;
} & Record<'sequenceType' | 'mapType' | 'opaqueType' | 'sparseTensorType' | 'optionalType', object | null>;
