import protobuf from 'protobufjs/light.js';

type Field = readonly [type: string, id: number, rule?: 'repeated'];

/**
 * All of onnx.proto that a graph can hold, so that a model that is read and written again loses nothing. What no pass
 * looks into (functions, training, sequence types) is kept as the bytes it is.
 * https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
const MESSAGES: Record<string, Record<string, Field>> = {
  ModelProto: {
    irVersion: ['int64', 1],
    producerName: ['string', 2],
    producerVersion: ['string', 3],
    domain: ['string', 4],
    modelVersion: ['int64', 5],
    docString: ['string', 6],
    graph: ['GraphProto', 7],
    opsetImport: ['OperatorSetIdProto', 8, 'repeated'],
    metadataProps: ['StringStringEntryProto', 14, 'repeated'],
    functions: ['bytes', 25, 'repeated'],
  },
  GraphProto: {
    node: ['NodeProto', 1, 'repeated'],
    name: ['string', 2],
    initializer: ['TensorProto', 5, 'repeated'],
    docString: ['string', 10],
    input: ['ValueInfoProto', 11, 'repeated'],
    output: ['ValueInfoProto', 12, 'repeated'],
    valueInfo: ['ValueInfoProto', 13, 'repeated'],
    sparseInitializer: ['SparseTensorProto', 15, 'repeated'],
    metadataProps: ['StringStringEntryProto', 16, 'repeated'],
  },
  NodeProto: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
    name: ['string', 3],
    opType: ['string', 4],
    attribute: ['AttributeProto', 5, 'repeated'],
    docString: ['string', 6],
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
    tensors: ['TensorProto', 10, 'repeated'],
    graphs: ['GraphProto', 11, 'repeated'],
    tp: ['bytes', 14],
    typeProtos: ['bytes', 15, 'repeated'],
    type: ['int32', 20],
    refAttrName: ['string', 21],
    sparseTensor: ['bytes', 22],
    sparseTensors: ['bytes', 23, 'repeated'],
  },
  TensorProto: {
    dims: ['int64', 1, 'repeated'],
    dataType: ['int32', 2],
    floatData: ['float', 4, 'repeated'],
    int32Data: ['int32', 5, 'repeated'],
    stringData: ['bytes', 6, 'repeated'],
    int64Data: ['int64', 7, 'repeated'],
    name: ['string', 8],
    rawData: ['bytes', 9],
    doubleData: ['double', 10, 'repeated'],
    uint64Data: ['uint64', 11, 'repeated'],
  },
  SparseTensorProto: {
    values: ['TensorProto', 1],
    indices: ['TensorProto', 2],
    dims: ['int64', 3, 'repeated'],
  },
  ValueInfoProto: { name: ['string', 1], type: ['TypeProto', 2] },
  TypeProto: {
    tensorType: ['TensorTypeProto', 1],
    sequenceType: ['bytes', 4],
    mapType: ['bytes', 5],
    denotation: ['string', 6],
    opaqueType: ['bytes', 7],
    sparseTensorType: ['bytes', 8],
    optionalType: ['bytes', 9],
  },
  TensorTypeProto: { elemType: ['int32', 1], shape: ['TensorShapeProto', 2] },
  TensorShapeProto: { dim: ['DimensionProto', 1, 'repeated'] },
  DimensionProto: { dimValue: ['int64', 1], dimParam: ['string', 2], denotation: ['string', 3] },
  OperatorSetIdProto: { domain: ['string', 1], version: ['int64', 2] },
  StringStringEntryProto: { key: ['string', 1], value: ['string', 2] },
};

const nested = Object.entries(MESSAGES).map(([name, fields]) => {
  const entries = Object.entries(fields).map(([field, [type, id, rule]]) => [field, { type, id, rule }]);
  return [name, { fields: Object.fromEntries(entries) }];
});

const modelProto = protobuf.Root.fromJSON({ nested: Object.fromEntries(nested) }).lookupType('ModelProto');

/** A model as plain data: 64-bit numbers as decimal text, lists always there. Throws where the bytes are none. */
export function decodeModel(bytes: Uint8Array): unknown {
  return modelProto.toObject(modelProto.decode(bytes), { longs: String, arrays: true });
}

export function encodeModel(model: object): Uint8Array {
  return modelProto.encode(modelProto.fromObject(model)).finish();
}
