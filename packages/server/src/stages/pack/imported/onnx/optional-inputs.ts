import { fail } from '@slipway/contract';
import protobuf from 'protobufjs/light.js';
import { ELEMENT_TYPES, type ElementType, type Tensor } from '../model.ts';
import { encodeStrings } from '../tensor-values.ts';
import { decodeOutline, type RawModel } from './outline-schema.ts';

/** From this IR version on, an input with an initializer is one with a default; before, every constant was an input. */
const FIRST_IR_WITH_DEFAULTS = 4;

/** Field numbers of onnx.proto. */
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const LENGTH_DELIMITED = 2;

/** Names of the inputs that may be left out, since the graph has a value for them (overridable initializers). */
export function optionalInputs({ irVersion, graph }: RawModel): Set<string> {
  if (irVersion < FIRST_IR_WITH_DEFAULTS || graph === null) return new Set();
  const inputs = new Set(graph.input.map(({ name }) => name));
  return new Set(graph.initializer.map(({ name }) => name).filter((name) => inputs.has(name)));
}

/**
 * The model with its optional inputs as usual ones, and their values in the graph. The Node binding of the runtime takes no
 * value for an input that has one in the graph. The model itself, byte by byte, where it has none.
 */
export function separateDefaults(model: Uint8Array): { model: Uint8Array; defaults: Tensor[] } {
  const optional = optionalInputs(decodeOutline(model));
  if (optional.size === 0) return { model, defaults: [] };
  const defaults: Tensor[] = [];
  const separated = mapFields(model, (field, content) => {
    if (field !== MODEL_GRAPH) return content;
    return mapFields(content, (inner, tensor) => {
      if (inner !== GRAPH_INITIALIZER) return tensor;
      const value = decodeTensor(tensor);
      if (!optional.has(value.name)) return tensor;
      defaults.push(tensorOf(value));
      return undefined;
    });
  });
  return { model: separated, defaults };
}

/** The message with its length-delimited fields as `map` gives them: others, or none. What is not known stays as it is. */
function mapFields(
  message: Uint8Array,
  map: (field: number, content: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const reader = protobuf.Reader.create(message);
  const parts: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const tag = reader.uint32();
    const field = tag >>> 3;
    if ((tag & 7) !== LENGTH_DELIMITED) {
      reader.skipType(tag & 7);
      parts.push(message.subarray(start, reader.pos));
      continue;
    }
    const length = reader.uint32();
    const content = message.subarray(reader.pos, reader.pos + length);
    reader.skip(length);
    const mapped = map(field, content);
    if (mapped === content) parts.push(message.subarray(start, reader.pos));
    else if (mapped !== undefined) {
      const head = protobuf.Writer.create().uint32(tag).uint32(mapped.byteLength).finish();
      parts.push(head, mapped);
    }
  }
  return new Uint8Array(Buffer.concat(parts));
}

const FIELDS = {
  dims: { type: 'int64', id: 1, rule: 'repeated' },
  dataType: { type: 'int32', id: 2 },
  floatData: { type: 'float', id: 4, rule: 'repeated' },
  int32Data: { type: 'int32', id: 5, rule: 'repeated' },
  stringData: { type: 'bytes', id: 6, rule: 'repeated' },
  int64Data: { type: 'int64', id: 7, rule: 'repeated' },
  name: { type: 'string', id: 8 },
  rawData: { type: 'bytes', id: 9 },
  doubleData: { type: 'double', id: 10, rule: 'repeated' },
  uint64Data: { type: 'uint64', id: 11, rule: 'repeated' },
} as const;

const tensorProto = protobuf.Root.fromJSON({ nested: { TensorProto: { fields: FIELDS } } }).lookupType(
  'TensorProto',
);

type RawTensor = {
  name: string;
  dims: number[];
  dataType: number;
  rawData: Uint8Array;
  floatData: number[];
  doubleData: number[];
  int32Data: number[];
  int64Data: string[];
  uint64Data: string[];
  stringData: Uint8Array[];
};

function decodeTensor(bytes: Uint8Array): RawTensor {
  const told = tensorProto.toObject(tensorProto.decode(bytes), { longs: String, defaults: true });
  return { ...told, dims: (told.dims as string[]).map(Number) } as RawTensor;
}

/** Throws `bundle.invalid` for values that this server does not hand over. */
function tensorOf(raw: RawTensor): Tensor {
  const { name, dims: shape, dataType } = raw;
  const type = Object.entries(ELEMENT_TYPES).find(([, { onnx }]) => onnx === dataType)?.[0];
  if (type === undefined)
    throw fail('bundle.invalid', { reason: `the input ${name} holds values of type ${dataType}` });
  const bytes = raw.rawData.byteLength > 0 ? raw.rawData : listed(type as ElementType, raw);
  return { name, type: type as ElementType, shape, bytes: new Uint8Array(bytes) };
}

/** Values that are not written as bytes lie in the list of their kind; those below 32 bits as whole numbers. */
function listed(type: ElementType, raw: RawTensor): Uint8Array {
  const { floatData, doubleData, int32Data, int64Data, uint64Data, stringData, name } = raw;
  const small = (array: ArrayBufferView) => new Uint8Array(array.buffer);
  const bytesOf: Record<ElementType, () => Uint8Array> = {
    float32: () => small(Float32Array.from(floatData)),
    float64: () => small(Float64Array.from(doubleData)),
    float16: () => small(Uint16Array.from(int32Data)),
    int64: () => small(BigInt64Array.from(int64Data, BigInt)),
    uint64: () => small(BigUint64Array.from(uint64Data, BigInt)),
    int32: () => small(Int32Array.from(int32Data)),
    uint32: () => small(Uint32Array.from(uint64Data, Number)),
    int16: () => small(Int16Array.from(int32Data)),
    uint16: () => small(Uint16Array.from(int32Data)),
    int8: () => small(Int8Array.from(int32Data)),
    uint8: () => small(Uint8Array.from(int32Data)),
    bool: () => small(Uint8Array.from(int32Data)),
    string: () =>
      encodeStrings(
        stringData.map((text) => Buffer.from(text).toString('utf8')),
        name,
      ),
  };
  return bytesOf[type]();
}
