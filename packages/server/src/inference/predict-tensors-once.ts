import type { Tensor } from '../stages/pack/index.ts';
import { bytesOfTensors } from './answers/output-bytes.ts';
import { type Call, isProbe } from './call.ts';
import { idsOfRows } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import type { TensorRoute } from './load-route.ts';
import { type AskedOfTensors, predictTensors, rowsOfTensors } from './predict-tensors.ts';
import type { KeptTensors, PredictedTensors } from './predicted.ts';

/**
 * Predicts and answers. Where the caller named the predictions, the same tensors under the same id are run, logged and counted once,
 * and what they gave is answered again. Throws what `predictTensors` and `CallerIds.claim` throw.
 *
 * @param answer gives the answer and logs what was predicted, unless it was predicted before; where it throws, the id is free again
 */
export async function predictTensorsOnce(
  context: InferenceContext,
  call: Call,
  route: TensorRoute,
  asked: AskedOfTensors,
  answer: (predicted: PredictedTensors) => Promise<void>,
): Promise<void> {
  const { callerId, inputs } = asked;
  if (callerId === undefined || isProbe(call))
    return answer(await predictTensors(context, call, route, asked));
  const rows = asked.rows ?? rowsOfTensors(context, call, route, inputs);
  const claim = context.tensorIds.claim(call.endpoint!.name, callerId, partsOf(inputs), { rows });
  if (claim.known !== undefined) return answer(await again(context, call, claim.known, asked));
  try {
    const predicted = await predictTensors(context, call, route, { ...asked, rows });
    // What is kept is a copy: a run that was shared has the outputs of others in the same memory.
    const outputs = predicted.outputs.map(({ bytes, ...output }) => ({ ...output, bytes: bytes.slice() }));
    await answer(predicted);
    claim.keep({ route, outputs, rows }, bytesOfTensors(outputs));
  } catch (error) {
    claim.release();
    throw error;
  }
}

async function again(
  context: InferenceContext,
  call: Call,
  { route, outputs, rows }: KeptTensors,
  { callerId, copies = 1 }: AskedOfTensors,
): Promise<PredictedTensors> {
  const bytes = copies * bytesOfTensors(outputs);
  const lease = await context.memory.take(call.endpoint!.name, bytes, call.deadlineAt);
  call.route = route;
  call.predictedAt = performance.now();
  return {
    route,
    lease,
    outputs: [...outputs],
    rows,
    ids: idsOfRows(callerId!, rows),
    isNamed: true,
    isRepeated: true,
  };
}

/** What makes two requests the same: names, types, sizes and values of the tensors. */
function partsOf(inputs: readonly Tensor[]): (string | Uint8Array)[] {
  return inputs.flatMap(({ name, type, shape, bytes }) => [
    JSON.stringify([name, type, shape, bytes.byteLength]),
    bytes,
  ]);
}
