import { fail, type SlipwayError } from '@slipway/contract';
import type { RowColumns } from '../../../stages/prepare/index.ts';
import type { RawRow, RawValue } from '../../../stages/serve/index.ts';
import { parsePythonJson, readText } from '../../read-json.ts';
import { BINARY_ONLY, DATATYPES, type Datatype } from './datatypes.ts';
import type { InputTensor } from './input-tensor.ts';
import { predictionIdOf } from './prediction-id.ts';
import { readRawValues } from './raw-values.ts';
import { rowsOfTensors } from './tensor-rows.ts';

/** An output that is wanted, and whether as bytes; undefined where it is for the request to say. */
export type WantedOutput = { name: string; isBinary: boolean | undefined };

/** What a request says besides its values. */
export type InferHead = {
  id: string | undefined;
  /** Names the predictions; undefined where the id is that of the request alone. */
  callerId?: string | undefined;
  /** Undefined for all. */
  outputs: WantedOutput[] | undefined;
  /** Outputs that do not say otherwise come as bytes. */
  isBinaryOutput: boolean;
  timeoutMs: number | undefined;
};

export type InferRequest = InferHead & { rows: RawRow[] };

/**
 * Reads an inference request: JSON, or JSON with binary tensors after it in the order in which the JSON names them
 * (the binary tensor data extension).
 * Throws `request.invalid`, `request.bad-json`, and what {@link rowsOfTensors} throws.
 *
 * @param headerLength `Inference-Header-Content-Length`: bytes of JSON; 0 where the body is the only tensor
 */
export function readInferRequest(
  body: Buffer,
  headerLength: string | undefined,
  columns: RowColumns,
  maxRows: number,
): InferRequest {
  const request = readInferTensors(body, headerLength);
  if (request === undefined) return readLoneTensor(body, columns, maxRows);
  return { ...request, rows: rowsOfTensors(request.tensors, columns, maxRows) };
}

/** The tensors as they were sent; undefined for a body that is the only tensor, without JSON. */
export function readInferTensors(
  body: Buffer,
  headerLength: string | undefined,
): (InferHead & { tensors: InputTensor[] }) | undefined {
  const length = headerLength === undefined ? body.length : jsonLength(headerLength, body.length);
  if (length === 0 && headerLength !== undefined) return undefined;
  const binary = new BinaryPart(body, length);
  const request = readHeader(parsePythonJson(readText(body.subarray(0, length))), binary);
  binary.checkEnd();
  return request;
}

function jsonLength(headerLength: string, bodyLength: number): number {
  const length = Number(headerLength);
  if (/^\d+$/.test(headerLength) && length <= bodyLength) return length;
  throw invalid(`Inference-Header-Content-Length is not from 0 to ${bodyLength}`, undefined);
}

/** The bytes after the JSON, given out from front to back. */
class BinaryPart {
  readonly #body: Buffer;
  #at: number;

  constructor(body: Buffer, at: number) {
    this.#body = body;
    this.#at = at;
  }

  take(size: unknown, path: string): Buffer {
    if (!Number.isSafeInteger(size) || (size as number) < 0) {
      throw invalid('"binary_data_size" is not a number of bytes', path);
    }
    const end = this.#at + (size as number);
    if (end > this.#body.length) throw invalid('the body ends before the tensor does', path);
    const bytes = this.#body.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  checkEnd(): void {
    const left = this.#body.length - this.#at;
    if (left > 0) throw invalid(`${left} bytes after the last tensor belong to none`, undefined);
  }
}

function readHeader(header: unknown, binary: BinaryPart) {
  if (!isObject(header)) throw invalid('the body is not an object', undefined);
  const { id, inputs, outputs } = header;
  if (id !== undefined && typeof id !== 'string') throw invalid('"id" is not a string', 'id');
  const parameters = parametersOf(header, '');
  if (!Array.isArray(inputs)) throw invalid('"inputs" is not a list of tensors', 'inputs');
  return {
    id,
    callerId: parameters.prediction_id === true ? predictionIdOf(id) : undefined,
    tensors: inputs.map((tensor, i) => readTensor(tensor, `inputs[${i}]`, binary)),
    outputs: readOutputs(outputs),
    isBinaryOutput: parameters.binary_data_output === true,
    timeoutMs: timeoutOf(parameters),
  };
}

function readTensor(tensor: unknown, path: string, binary: BinaryPart): InputTensor {
  if (!isObject(tensor)) throw invalid('a tensor is an object', path);
  const { name, datatype, shape, data } = tensor;
  const { binary_data_size: size } = parametersOf(tensor, path);
  if ((size === undefined) === (data === undefined)) {
    throw invalid('a tensor has either "data" or the parameter "binary_data_size"', path);
  }
  if (size === undefined) return { name, datatype, shape, path, data, values: jsonValues(data, path) };
  const bytes = binary.take(size, path);
  const values: InputTensor['values'] = (type, count) => readRawValues(bytes, type, count, path);
  return { name, datatype, shape, path, bytes, values };
}

function jsonValues(data: unknown, path: string): InputTensor['values'] {
  return (datatype, count) => {
    if (BINARY_ONLY.includes(datatype))
      throw invalid(`${datatype} travels as binary data only`, `${path}.datatype`);
    if (!Array.isArray(data)) throw invalid('"data" is not a list', `${path}.data`);
    const values = data.some(Array.isArray) ? (data.flat(1) as RawValue[]) : (data as RawValue[]);
    if (values.length !== count) {
      throw invalid(`"shape" says ${count} values, and there are ${values.length}`, `${path}.shape`);
    }
    return values;
  };
}

/** A body without JSON is the only input: all of it one text, or as many values as there is room for. */
function readLoneTensor(body: Buffer, columns: RowColumns, maxRows: number): InferRequest {
  const { inputs } = columns;
  const [input, ...more] = inputs;
  if (input === undefined || more.length > 0) {
    throw invalid(
      `a body without JSON is for models of one column, and this has ${inputs.length}`,
      undefined,
    );
  }
  const [datatype] = DATATYPES[input.type];
  const tensor = { name: input.name, datatype, path: 'body' };
  const values = (type: Datatype, count: number) =>
    type === 'BYTES' ? [readText(body)] : readRawValues(body, type, count, 'body');
  const count = datatype === 'BYTES' ? 1 : body.length / (datatype === 'BOOL' ? 1 : 8);
  const rows = rowsOfTensors([{ ...tensor, shape: [count], values }], columns, maxRows);
  return { id: undefined, rows, outputs: undefined, isBinaryOutput: true, timeoutMs: undefined };
}

function readOutputs(outputs: unknown): WantedOutput[] | undefined {
  if (outputs === undefined) return undefined;
  if (!Array.isArray(outputs)) throw invalid('"outputs" is not a list', 'outputs');
  return outputs.map((output, i) => {
    const path = `outputs[${i}]`;
    if (!isObject(output) || typeof output.name !== 'string') throw invalid('an output has a "name"', path);
    const { binary_data: isBinary, classification } = parametersOf(output, path);
    if (classification !== undefined) {
      throw fail('operation.not-yet', { what: 'The classification extension' }, { path });
    }
    return { name: output.name, isBinary: typeof isBinary === 'boolean' ? isBinary : undefined };
  });
}

function parametersOf({ parameters }: Record<string, unknown>, path: string): Record<string, unknown> {
  if (parameters === undefined) return {};
  if (!isObject(parameters))
    throw invalid('"parameters" is not an object', `${path}.parameters`.replace(/^\./, ''));
  return parameters;
}

/** Triton's `timeout`, in microseconds. */
function timeoutOf({ timeout }: Record<string, unknown>): number | undefined {
  return typeof timeout === 'number' && timeout > 0 ? timeout / 1000 : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string, path: string | undefined): SlipwayError {
  return fail('request.invalid', { reason }, path === undefined ? {} : { path });
}
