import { fail, type SlipwayError } from '@slipway/contract';
import { isExternal } from '../../onnx/refuse-external-data.ts';
import { walkOnnx } from '../../onnx/walk-onnx.ts';
import { dimsOf } from './outline-schema.ts';

export const ONNX_LIMITS = {
  /** Parts of all kinds; a network of a hundred layers has some thousands. */
  messages: 4_000_000,
  /** Nodes, those in functions and inner graphs too, unless the settings say. */
  nodes: 200_000,
  /** Axes of one tensor. */
  axes: 32,
};

/** Bytes of one size, at most. */
const LONGEST_VARINT = 10;
/** ONNX's smallest values have two bits. */
const VALUES_IN_A_BYTE = 4;

/** What a message has once. Twice, two readers could take two different models out of the same bytes. */
const ONCE = new Map(
  Object.entries<readonly string[]>({
    ModelProto: ['graph'],
    ValueInfoProto: ['type'],
    TypeProto: ['tensorType'],
    TensorTypeProto: ['shape'],
    AttributeProto: ['g', 't', 'sparseTensor'],
    SparseTensorProto: ['values', 'indices'],
    DimensionProto: ['dimValue', 'dimParam'],
  }),
);

/**
 * Looks through the bytes of a model for what must not reach a decoder or a runtime: tensor data in other files, a
 * message merged with a second one, more parts than any model has, tensors that claim more values than they hold.
 * Throws `model.not-onnx` and `model.refused`.
 */
export function scanOnnx(model: Uint8Array, file: string, maxNodes = ONNX_LIMITS.nodes): void {
  const refused = (reason: string) => fail('model.refused', { file, reason });
  const broken = (cause: unknown) =>
    fail('model.not-onnx', { file, reason: 'its bytes are none' }, { cause });
  const open: Set<string>[] = [];
  let messages = 0;
  let nodes = 0;
  let dims = 0;
  walkOnnx(model, {
    enter(message) {
      open.push(new Set());
      if (message.endsWith('TensorProto')) dims = 0;
      if (message === 'NodeProto' && ++nodes > maxNodes)
        throw refused(`it has more than ${maxNodes} nodes, the limit (\`pack.maxModelNodes\`)`);
      if (++messages > ONNX_LIMITS.messages) throw refused(`it has more than ${ONNX_LIMITS.messages} parts`);
    },
    field(message, field, size, value) {
      if (isExternal(message, field, value)) throw refused('it keeps tensor data outside the file');
      if (field === undefined) return;
      if (field === 'dims') dims += Math.max(LONGEST_VARINT, size);
      if (dims > ONNX_LIMITS.axes * LONGEST_VARINT)
        throw refused(`a tensor has more than ${ONNX_LIMITS.axes} axes`);
      if (ONCE.get(message)?.includes(field) !== true) return;
      const seen = open.at(-1)!;
      if (seen.has(field)) throw refused(`${message} has "${field}" twice`);
      seen.add(field);
    },
    leave(message, bytes) {
      open.pop();
      if (message === 'TensorProto') checkClaim(bytes, { refused, broken });
    },
    broken,
  });
}

/** A runtime makes room for what a tensor claims, before it looks for the values. */
function checkClaim(tensor: Uint8Array, { refused, broken }: Refusals): void {
  const dims = parsed(() => dimsOf(tensor), broken);
  if (dims.length > ONNX_LIMITS.axes) throw refused(`a tensor has more than ${ONNX_LIMITS.axes} axes`);
  if (dims.some((size) => !Number.isSafeInteger(size) || size < 0))
    throw refused(`a tensor has the size ${dims.find((size) => !Number.isSafeInteger(size) || size < 0)}`);
  const values = dims.reduce((product, size) => product * size, 1);
  if (values > 1 && values > tensor.byteLength * VALUES_IN_A_BYTE)
    throw refused(`a tensor claims ${values} values in ${tensor.byteLength} bytes`);
}

type Refusals = { refused: (reason: string) => SlipwayError; broken: (cause: unknown) => SlipwayError };

function parsed<T>(read: () => T, broken: Refusals['broken']): T {
  try {
    return read();
  } catch (cause) {
    throw broken(cause);
  }
}
