import protobuf from 'protobufjs/light.js';
import { ELEMENT_TYPES } from '../model.ts';
import { castNode, encode, GRAPH, NODE, namesIn } from './graph-edits.ts';
import { type FieldBytes, fieldBytes, fieldsOf, withFields } from './message-bytes.ts';

/** Fields of the messages that hold tensors, types and nodes: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const MODEL = { graph: 7, functions: 25 };
const FUNCTION = { node: 7 };
const ATTRIBUTE = { name: 1, i: 3, tensor: 5, graph: 6, tensors: 10, graphs: 11 };
const TENSOR = { dataType: 2, int32Data: 5, rawData: 9 };
const VALUE = { type: 2 };
const TYPE = { tensorType: 1 };
const TENSOR_TYPE = { elemType: 1 };

const FLOAT = ELEMENT_TYPES.float32.onnx;
const BFLOAT16 = 16;

/**
 * A model of bfloat16 as one of float32, for a runtime that has no operators of bfloat16: constants keep their values, all of which
 * float32 has, and where the graph rounds to bfloat16 (Cast) it still does. What operators compute between is rounded to float32 instead.
 * Undefined where nothing in it is bfloat16.
 */
export function computeInFloat32(model: Uint8Array): Uint8Array | undefined {
  const changed = withFields(model, ({ id, content }) => {
    if (id === MODEL.graph) return fieldBytes(id, graphIn32(content!));
    if (id !== MODEL.functions) return undefined;
    return fieldBytes(
      id,
      withFields(content!, (field) => (field.id === FUNCTION.node ? nodesIn32(field) : undefined)),
    );
  });
  return Buffer.compare(changed, model) === 0 ? undefined : changed;
}

function graphIn32(graph: Uint8Array): Uint8Array {
  return withFields(graph, (field) => {
    const { id, content } = field;
    if (id === GRAPH.node) return nodesIn32(field);
    if (id === GRAPH.initializer) return fieldBytes(id, tensorIn32(content!));
    if (id === GRAPH.input || id === GRAPH.output || id === GRAPH.valueInfo)
      return fieldBytes(id, valueIn32(content!));
    return undefined;
  });
}

/** The node; one that rounds to bfloat16 rounds, and then another one makes float32 of that. */
function nodesIn32({ id, content }: FieldBytes): Uint8Array {
  const node = content!;
  const [type] = namesIn(node, NODE.opType);
  const rounds = type === 'Cast' && attributesOf(node).some((each) => isBfloat16(each, 'to'));
  if (!rounds) return fieldBytes(id, withFields(node, attributeIn32));
  const [output = ''] = namesIn(node, NODE.output);
  const rounded = `${output}/rounded`;
  const first = withFields(node, (field) =>
    field.id === NODE.output ? fieldBytes(NODE.output, Buffer.from(rounded)) : undefined,
  );
  return Buffer.concat([fieldBytes(id, first), fieldBytes(id, castNode(rounded, output, FLOAT))]);
}

function attributesOf(node: Uint8Array): Uint8Array[] {
  return [...fieldsOf(node)].flatMap(({ id, content }) => (id === NODE.attribute ? [content!] : []));
}

function isBfloat16(attribute: Uint8Array, name: string): boolean {
  if (namesIn(attribute, ATTRIBUTE.name)[0] !== name) return false;
  return [...fieldsOf(attribute)].some(
    (field) => field.id === ATTRIBUTE.i && numberIn(attribute, field) === BFLOAT16,
  );
}

function attributeIn32({ id, content }: FieldBytes): Uint8Array | undefined {
  if (id !== NODE.attribute) return undefined;
  if (isBfloat16(content!, 'dtype'))
    return fieldBytes(id, encode('AttributeProto', { name: 'dtype', type: 2, i: FLOAT }));
  const within = withFields(content!, (field) => {
    if (field.id === ATTRIBUTE.tensor || field.id === ATTRIBUTE.tensors)
      return fieldBytes(field.id, tensorIn32(field.content!));
    if (field.id === ATTRIBUTE.graph || field.id === ATTRIBUTE.graphs)
      return fieldBytes(field.id, graphIn32(field.content!));
    return undefined;
  });
  return fieldBytes(id, within);
}

function tensorIn32(tensor: Uint8Array): Uint8Array {
  const fields = [...fieldsOf(tensor)];
  const type = fields.find(({ id }) => id === TENSOR.dataType);
  if (type === undefined || numberIn(tensor, type) !== BFLOAT16) return tensor;
  const raw = Buffer.concat(fields.map((field) => widened(halvesIn(tensor, field))));
  return withFields(
    tensor,
    (field) => {
      if (field.id === TENSOR.dataType) return numberField(TENSOR.dataType, FLOAT);
      return field.id === TENSOR.int32Data || field.id === TENSOR.rawData ? Buffer.alloc(0) : undefined;
    },
    [fieldBytes(TENSOR.rawData, raw)],
  );
}

/** Values of bfloat16 are the upper halves of values of float32, whose lower halves are zero. */
function widened(halves: Uint16Array): Uint8Array {
  const wide = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) wide[i] = halves[i]! << 16;
  return new Uint8Array(wide.buffer);
}

/** The bits of the values that a field of a tensor holds: of raw data two bytes each, else a number each, in one field or in many. */
function halvesIn(tensor: Uint8Array, field: FieldBytes): Uint16Array {
  const { id, content } = field;
  if (id === TENSOR.rawData) return new Uint16Array(new Uint8Array(content!).buffer);
  if (id !== TENSOR.int32Data) return new Uint16Array();
  if (content === undefined) return Uint16Array.of(numberIn(tensor, field));
  const reader = protobuf.Reader.create(content);
  const halves: number[] = [];
  while (reader.pos < reader.len) halves.push(reader.int32());
  return Uint16Array.from(halves);
}

function valueIn32(value: Uint8Array): Uint8Array {
  const inside = (bytes: Uint8Array, wanted: number, change: (content: Uint8Array) => Uint8Array) =>
    withFields(bytes, ({ id, content }) => (id === wanted ? fieldBytes(id, change(content!)) : undefined));
  return inside(value, VALUE.type, (type) =>
    inside(type, TYPE.tensorType, (tensor) =>
      withFields(tensor, (field) =>
        field.id === TENSOR_TYPE.elemType && numberIn(tensor, field) === BFLOAT16
          ? numberField(TENSOR_TYPE.elemType, FLOAT)
          : undefined,
      ),
    ),
  );
}

/** The number of a field that is one. */
function numberIn(message: Uint8Array, { start, end }: FieldBytes): number {
  const reader = protobuf.Reader.create(message.subarray(start, end));
  reader.uint32();
  return reader.int32();
}

function numberField(id: number, value: number): Uint8Array {
  return protobuf.Writer.create()
    .uint32(id << 3)
    .int32(value)
    .finish();
}
