import { exactJson, nonFiniteJson } from '../../../kernel/index.ts';
import { predicting } from '../../answer-prediction.ts';
import { type Body, LARGE_BYTES, Pieces, TensorText } from '../../answers/pieces.ts';
import { writeJson } from '../../answers/write-json.ts';
import type { Asked, AskedTensors, BodyReader, Reply, TensorBodyReader } from '../../asked.ts';
import { JSON_TYPE } from '../../exchange.ts';
import { loggedInputs } from '../logged-tensors.ts';
import { chosenOutputs, outputTensor, warningsText } from './outputs.ts';
import { writeRawValues } from './raw-values.ts';
import { type InferHead, readInferRequest, readInferTensors } from './read-infer.ts';
import { loneTensor, type ToldTensor, tensorsOf, toldTensors } from './tensors.ts';

/** `POST /v2/models/{name}/infer` with tensors as JSON or bytes: one for each raw column, or those that the graph takes. */
export const answerInfer = predicting(readInfer, readTensorInfer);

function readInfer(body: Buffer, { route, headers, maxRows }: Parameters<BodyReader>[1]): Asked {
  const { engine } = route;
  const request = readInferRequest(body, headers.inferenceHeaderLength, engine.columns, maxRows);
  const outputs = chosenOutputs(engine, request.outputs);
  return {
    rows: request.rows,
    timeoutMs: request.timeoutMs,
    callerId: request.callerId,
    write(predicted, { endpoint, requestId }) {
      const tensors = outputs.map((output): ToldTensor => {
        const { name, datatype, values } = outputTensor(output, predicted);
        const isBinary = output.isBinary ?? request.isBinaryOutput;
        const bytes = isBinary ? writeRawValues(values, datatype) : undefined;
        return { name, datatype, shape: [values.length], bytes, data: values };
      });
      const head = headOf(endpoint, predicted.route.modelVersion, request.id ?? requestId);
      const warnings = warningsText(predicted);
      return replyOf(warnings === undefined ? head : { ...head, parameters: { warnings } }, tensors);
    },
  };
}

function readTensorInfer(body: Buffer, { route, headers }: Parameters<TensorBodyReader>[1]): AskedTensors {
  const { manifest } = route;
  const sent = readInferTensors(body, headers.inferenceHeaderLength);
  const { id, callerId, outputs, isBinaryOutput, timeoutMs } = sent ?? LONE;
  const inputs =
    sent === undefined
      ? [loneTensor(body, manifest.inputs)]
      : tensorsOf(
          sent.tensors.map(({ bytes, data, ...tensor }) => ({ ...tensor, bytes, data })),
          manifest,
        );
  return {
    inputs,
    timeoutMs,
    callerId,
    write(predicted, { endpoint, requestId }) {
      const tensors = toldTensors(predicted.outputs, outputs, isBinaryOutput);
      const reply = replyOf(headOf(endpoint, predicted.route.modelVersion, id ?? requestId), tensors);
      return { ...reply, logged: loggedInputs(inputs, predicted) };
    },
  };
}

/** All that a body without JSON says. */
const LONE: InferHead = { id: undefined, outputs: undefined, isBinaryOutput: true, timeoutMs: undefined };

/** Triton writes the tokens NaN, Infinity and -Infinity, and its clients read them: null would hide which it was. */
function isJsonValue(value: unknown): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}

function headOf(endpoint: string, modelVersion: number, id: string): object {
  return { model_name: endpoint, model_version: String(modelVersion), id };
}

function replyOf(header: object, tensors: readonly ToldTensor[]): Reply {
  const outputs = tensors.map(({ name, datatype, shape, bytes, data }) => {
    if (bytes === undefined) return { name, datatype, shape, data };
    return { name, datatype, shape, parameters: { binary_data_size: bytes.length } };
  });
  // Tensors that are written in pieces write these numbers by themselves.
  const isJson = tensors.every(({ data }) => data instanceof TensorText || data.every(isJsonValue));
  const json = writeJson({ ...header, outputs }, isJson ? exactJson : nonFiniteJson);
  const binary = tensors.flatMap(({ bytes }) => bytes ?? []);
  if (binary.length === 0) return { contentType: JSON_TYPE, body: json };
  return { contentType: 'application/octet-stream', ...withBinary(json, binary) };
}

const HEADER_LENGTH = 'inference-header-content-length';

/** The JSON, and the bytes of the tensors after it; a header says where they begin. */
function withBinary(json: Body, binary: readonly Uint8Array[]): Omit<Reply, 'contentType'> {
  const bytes = binary.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (json instanceof Pieces) {
    const body = new Pieces(json.mostBytes + bytes, () => [...json.make(), ...binary]);
    return { body, measured: { header: HEADER_LENGTH, of: json } };
  }
  const head = Buffer.from(json as string);
  const headers = [HEADER_LENGTH, String(head.length)];
  const size = head.length + bytes;
  if (size < LARGE_BYTES) return { body: Buffer.concat([head, ...binary]), headers };
  return { body: new Pieces(size, () => [head, ...binary], size), headers };
}
