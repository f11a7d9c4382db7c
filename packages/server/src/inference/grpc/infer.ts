import { isUtf8 } from 'node:buffer';
import { fail } from '@slipway/contract';
import type { Engine, RawValue } from '../../stages/serve/index.ts';
import type { Call } from '../call.ts';
import { callerIdOf } from '../caller-ids.ts';
import type { InferenceContext } from '../context.ts';
import { loggedInputs } from '../dialects/logged-tensors.ts';
import { BINARY_ONLY, type Datatype } from '../dialects/v2/datatypes.ts';
import type { InputTensor } from '../dialects/v2/input-tensor.ts';
import { chosenOutputs, outputTensor, warningsText } from '../dialects/v2/outputs.ts';
import { predictionIdOf } from '../dialects/v2/prediction-id.ts';
import { readRawValues, writeRawValues } from '../dialects/v2/raw-values.ts';
import { rowsOfTensors } from '../dialects/v2/tensor-rows.ts';
import { tensorsOf, toldTensors } from '../dialects/v2/tensors.ts';
import { sizesOf } from '../limits/endpoint-limits.ts';
import type { TensorRoute } from '../load-route.ts';
import { predictRows } from '../predict.ts';
import { logInParts } from '../predict-tensors.ts';
import { predictTensorsOnce } from '../predict-tensors-once.ts';
import type { Predicted } from '../predicted.ts';
import { PREDICTION_ID_HEADER } from '../request-headers.ts';
import { answerByRow, chooseRoute } from '../routing/choose-route.ts';

/** The fields of a tensor's contents, each for values of some datatypes. */
type ContentsField = `${'bool' | 'int' | 'int64' | 'uint' | 'uint64' | 'fp32' | 'fp64' | 'bytes'}_contents`;
type Contents = Record<ContentsField, unknown[]>;

type Tensor = { name: string; datatype: string; shape: number[]; contents: Contents | null };

/** A decoded `ModelInferRequest`. */
export type InferMessage = {
  model_name: string;
  id: string;
  parameters: Record<string, Record<string, unknown>>;
  inputs: Tensor[];
  outputs: { name: string }[];
  raw_input_contents: Buffer[];
};

/** `ModelInfer`: typed contents or raw bytes in, raw bytes out. Throws what reading the tensors and predicting throw. */
export async function inferOverGrpc(
  context: InferenceContext,
  call: Call,
  message: InferMessage,
): Promise<object> {
  const route = chooseRoute(call);
  const { inputs, raw_input_contents: raw } = message;
  if (raw.length > 0 && raw.length !== inputs.length) {
    const reason = `there are ${inputs.length} tensors and ${raw.length} raw contents: all are raw, or none is`;
    throw fail('request.invalid', { reason }, { path: 'raw_input_contents' });
  }
  if (route.takes === 'tensors') return inferTensors(context, call, message, route);
  let answer: object = {};
  await answerByRow(
    call,
    ({ engine }) => rowsOf(context, call, message, engine),
    ({ engine }) =>
      inferColumns(context, call, { message, engine }, (response) => {
        answer = response;
      }),
  );
  return answer;
}

function inferColumns(
  context: InferenceContext,
  call: Call,
  { message, engine }: { message: InferMessage; engine: Engine },
  done: (response: object) => void,
): Promise<void> | undefined {
  const rows = rowsOf(context, call, message, engine);
  const chosen = chosenOutputs(
    engine,
    message.outputs.map(({ name }) => ({ name, isBinary: true })),
  );
  shorten(call, message);
  const answered = (predicted: Predicted) => {
    done(responseOf(call, message, chosen, predicted));
    return undefined;
  };
  return predictRows(context, call, rows, answered, {
    callerId: callerIdIn(call, message),
    holdsMemory: true,
  });
}

function rowsOf(
  context: InferenceContext,
  call: Call,
  { inputs, raw_input_contents: raw }: InferMessage,
  engine: Engine,
): ReturnType<typeof rowsOfTensors> {
  const tensors = inputs.map((tensor, i) => readTensor(tensor, raw[i], `inputs[${i}]`));
  return rowsOfTensors(tensors, engine.columns, sizesOf(context, call).maxRows);
}

async function inferTensors(
  context: InferenceContext,
  call: Call,
  message: InferMessage,
  route: TensorRoute,
): Promise<object> {
  const { inputs, outputs, raw_input_contents: raw, id } = message;
  const sent = inputs.map(({ contents, ...tensor }, i) => {
    const place = CONTENTS_OF.get(tensor.datatype);
    const data =
      place === undefined
        ? undefined
        : contents?.[place].map((value) => rawValueOf(value, `inputs[${i}].contents`));
    return { ...tensor, path: `inputs[${i}]`, bytes: raw[i], data };
  });
  const given = tensorsOf(sent, route.manifest);
  shorten(call, message);
  const asked = { inputs: given, callerId: callerIdIn(call, message) };
  let response: object = {};
  await predictTensorsOnce(context, call, route, asked, async (predicted) => {
    call.lease = predicted.lease;
    const wanted = outputs.map(({ name }) => ({ name, isBinary: true }));
    const told = toldTensors(predicted.outputs, wanted, true);
    response = {
      model_name: call.endpoint!.name,
      model_version: String(predicted.route.modelVersion),
      id: id === '' ? call.requestId : id,
      outputs: told.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
      raw_output_contents: told.map(({ bytes }) => bytes),
    };
    await logInParts(context, call, predicted, loggedInputs(given, predicted));
  });
  return response;
}

/** The id that names the predictions of a call, where its caller gave one. */
function callerIdIn(call: Call, { id, parameters }: InferMessage): string | undefined {
  const isNamed = parameters.prediction_id?.bool_param === true;
  return callerIdOf(call.header(PREDICTION_ID_HEADER)) ?? (isNamed ? predictionIdOf(id) : undefined);
}

/** Triton's `timeout`, in microseconds. */
function shorten(call: Call, { parameters }: InferMessage): void {
  const micros = Number(parameters.timeout?.int64_param ?? 0);
  if (micros <= 0) return;
  const at = call.startedAt + micros / 1000;
  call.deadlineAt = Math.min(at, call.deadlineAt ?? at);
}

function readTensor(tensor: Tensor, raw: Buffer | undefined, path: string): InputTensor {
  const { name, datatype, shape, contents } = tensor;
  const values: InputTensor['values'] = (type, count) =>
    raw === undefined ? typedValues(contents, type, count, path) : readRawValues(raw, type, count, path);
  return { name, datatype, shape, path, values };
}

/** Where the values of each datatype lie; those without a place travel raw only. */
const CONTENTS_OF = new Map(
  Object.entries<ContentsField>({
    BOOL: 'bool_contents',
    INT8: 'int_contents',
    INT16: 'int_contents',
    INT32: 'int_contents',
    INT64: 'int64_contents',
    UINT8: 'uint_contents',
    UINT16: 'uint_contents',
    UINT32: 'uint_contents',
    UINT64: 'uint64_contents',
    FP32: 'fp32_contents',
    FP64: 'fp64_contents',
    BYTES: 'bytes_contents',
  }),
);

function typedValues(contents: Contents | null, datatype: Datatype, count: number, path: string): RawValue[] {
  const place = CONTENTS_OF.get(datatype);
  const values = place === undefined ? undefined : contents?.[place];
  if (values === undefined || values.length !== count) {
    const reason = BINARY_ONLY.includes(datatype)
      ? `${datatype} travels as raw contents only`
      : `"shape" says ${count} values, and ${place} holds ${values?.length ?? 0}`;
    throw fail('request.invalid', { reason }, { path: `${path}.contents` });
  }
  return values.map((value) => rawValueOf(value, `${path}.contents`));
}

function rawValueOf(value: unknown, path: string): RawValue {
  if (value instanceof Uint8Array) {
    if (!isUtf8(value)) throw fail('request.invalid', { reason: 'a value of BYTES is not UTF-8' }, { path });
    return Buffer.from(value).toString('utf8');
  }
  return typeof value === 'number' && Number.isNaN(value) ? null : (value as RawValue);
}

function responseOf(
  call: Call,
  { id }: InferMessage,
  chosen: ReturnType<typeof chosenOutputs>,
  predicted: Predicted,
): object {
  const tensors = chosen.map((output) => outputTensor(output, predicted));
  const warnings = warningsText(predicted);
  return {
    ...(warnings !== undefined && { parameters: { warnings: { string_param: warnings } } }),
    model_name: call.endpoint!.name,
    model_version: String(predicted.route.modelVersion),
    id: id === '' ? call.requestId : id,
    outputs: tensors.map(({ name, datatype, values }) => ({ name, datatype, shape: [values.length] })),
    raw_output_contents: tensors.map(({ values, datatype }) => writeRawValues(values, datatype)),
  };
}
