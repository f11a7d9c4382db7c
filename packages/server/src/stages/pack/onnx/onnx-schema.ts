import protobuf, { type INamespace } from 'protobufjs/light.js';

/**
 * The parts of onnx.proto that a graph of ours needs, and those through which a graph could name files, so that a
 * scan sees them. Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto (IR version 8).
 */
const ONNX: INamespace = {
  nested: {
    onnx: {
      nested: {
        ModelProto: message({
          irVersion: ['int64', 1],
          producerName: ['string', 2],
          producerVersion: ['string', 3],
          domain: ['string', 4],
          modelVersion: ['int64', 5],
          docString: ['string', 6],
          graph: ['GraphProto', 7],
          opsetImport: ['OperatorSetIdProto', 8, 'repeated'],
          metadataProps: ['StringStringEntryProto', 14, 'repeated'],
          trainingInfo: ['TrainingInfoProto', 20, 'repeated'],
          functions: ['FunctionProto', 25, 'repeated'],
        }),
        GraphProto: message({
          node: ['NodeProto', 1, 'repeated'],
          name: ['string', 2],
          initializer: ['TensorProto', 5, 'repeated'],
          docString: ['string', 10],
          input: ['ValueInfoProto', 11, 'repeated'],
          output: ['ValueInfoProto', 12, 'repeated'],
          sparseInitializer: ['SparseTensorProto', 15, 'repeated'],
        }),
        NodeProto: message({
          input: ['string', 1, 'repeated'],
          output: ['string', 2, 'repeated'],
          name: ['string', 3],
          opType: ['string', 4],
          attribute: ['AttributeProto', 5, 'repeated'],
          domain: ['string', 7],
        }),
        AttributeProto: message({
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
          type: ['int32', 20],
          sparseTensor: ['SparseTensorProto', 22],
          sparseTensors: ['SparseTensorProto', 23, 'repeated'],
        }),
        TensorProto: message({
          dims: ['int64', 1, 'repeated'],
          dataType: ['int32', 2],
          stringData: ['bytes', 6, 'repeated'],
          name: ['string', 8],
          rawData: ['bytes', 9],
          externalData: ['StringStringEntryProto', 13, 'repeated'],
          dataLocation: ['int32', 14],
        }),
        SparseTensorProto: message({
          values: ['TensorProto', 1],
          indices: ['TensorProto', 2],
          dims: ['int64', 3, 'repeated'],
        }),
        ValueInfoProto: message({ name: ['string', 1], type: ['TypeProto', 2] }),
        TypeProto: message({ tensorType: ['TensorTypeProto', 1], sequenceType: ['SequenceTypeProto', 4] }),
        SequenceTypeProto: message({ elemType: ['TypeProto', 1] }),
        TensorTypeProto: message({ elemType: ['int32', 1], shape: ['TensorShapeProto', 2] }),
        TensorShapeProto: message({ dim: ['DimensionProto', 1, 'repeated'] }),
        DimensionProto: message({ dimValue: ['int64', 1], dimParam: ['string', 2] }),
        OperatorSetIdProto: message({ domain: ['string', 1], version: ['int64', 2] }),
        StringStringEntryProto: message({ key: ['string', 1], value: ['string', 2] }),
        TrainingInfoProto: message({ initialization: ['GraphProto', 1], algorithm: ['GraphProto', 2] }),
        FunctionProto: message({
          name: ['string', 1],
          input: ['string', 4, 'repeated'],
          output: ['string', 5, 'repeated'],
          node: ['NodeProto', 7, 'repeated'],
          opsetImport: ['OperatorSetIdProto', 9, 'repeated'],
          domain: ['string', 10],
          attributeProto: ['AttributeProto', 11, 'repeated'],
        }),
      },
    },
  },
};

type Field = readonly [type: string, id: number, rule?: 'repeated'];

function message(fields: Record<string, Field>) {
  const entries = Object.entries(fields).map(([name, [type, id, rule]]) => [name, { type, id, rule }]);
  return { fields: Object.fromEntries(entries) };
}

export const modelProto = protobuf.Root.fromJSON(ONNX).lookupType('onnx.ModelProto');
