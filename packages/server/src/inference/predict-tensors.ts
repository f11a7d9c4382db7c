import { fail } from '@slipway/contract';
import type { Tensor } from '../stages/pack/index.ts';
import { bytesOfTensors, declaredOutputBytes } from './answers/output-bytes.ts';
import { type Call, isProbe } from './call.ts';
import { idsOfRows } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import { countPredictions, versionMetrics } from './endpoint-metrics.ts';
import { isLogged } from './is-logged.ts';
import { sizesOf } from './limits/endpoint-limits.ts';
import type { TensorRoute } from './load-route.ts';
import type { LoggedTensors, PredictedTensors } from './predicted.ts';
import { sharesRuns } from './tensors/shares-runs.ts';
import type { Ran } from './tensors/waiting-line.ts';

export type AskedOfTensors = {
  inputs: readonly Tensor[];
  rows?: number | undefined;
  callerId?: string | undefined;
  /** How often the outputs are held on their way to the caller; once unless told. */
  copies?: number;
};

/**
 * Runs the inputs through the model of the call, whole, together with those of other calls where {@link sharesRuns} allows it, and
 * counts them.
 * The memory of the outputs is taken before they are computed, by what they take at worst; the caller releases it. Throws what
 * `ModelPool.run` and `AnswerMemory.take` throw, `predict.answer-too-large`, `predict.quota-spent`, `predict.no-rows` and
 * `predict.too-many-rows`.
 */
export async function predictTensors(
  context: InferenceContext,
  call: Call,
  route: TensorRoute,
  { inputs, rows: askedRows, callerId, copies = 1 }: AskedOfTensors,
): Promise<PredictedTensors> {
  const { maxAnswerBytes } = sizesOf(context, call);
  const rows = askedRows ?? rowsOfTensors(context, call, route, inputs);
  const limitBytes = Math.floor(Math.min(maxAnswerBytes, context.memory.mostBytes / copies));
  const expected = declaredOutputBytes(route.manifest, inputs) ?? route.seen.expect(rows);
  if (expected > limitBytes) throw fail('predict.answer-too-large', { bytes: expected, limitBytes });
  context.limits.spend(call, rows);
  const startedAt = performance.now();
  // Inputs with a value in the graph are the request's own: others did not ask for it.
  const hasOverrides = inputs.length > route.manifest.inputs.length;
  const shared = !hasOverrides && sharesRuns(route.manifest, call.endpoint!.declared.batching, inputs);
  const lease = await context.memory.take(call.endpoint!.name, copies * expected, call.deadlineAt);
  let ran: Ran;
  try {
    ran = await route.pool.run(inputs, { deadlineAt: call.deadlineAt, shared, maxOutputBytes: limitBytes });
  } catch (error) {
    lease.release();
    throw error;
  }
  const bytes = bytesOfTensors(ran.outputs);
  lease.set(copies * bytes);
  route.seen.saw(bytes, rows);
  call.predictedAt = performance.now();
  call.rows += rows;
  const counted = versionMetrics(call.metrics, route.modelVersion);
  if (ran.isFirstOfRun) counted.executions++;
  counted.inputMs += startedAt - call.readAt;
  counted.queueMs += ran.queueMs;
  counted.inferMs += ran.inferMs;
  if (!isProbe(call)) countPredictions(call.metrics, route.modelVersion, rows, context.clock.now());
  const shadow = call.endpoint!.serving?.shadow;
  if (shadow?.route.takes === 'tensors' && !isProbe(call))
    context.shadows.tensors(shadow, { inputs, outputs: ran.outputs, rows, ms: ran.inferMs, route });
  let ids: string[] | undefined;
  return {
    route,
    lease,
    outputs: ran.outputs,
    rows,
    isNamed: callerId !== undefined,
    isRepeated: false,
    get ids() {
      ids ??= callerId === undefined ? newIds(context, rows) : idsOfRows(callerId, rows);
      return ids;
    },
  };
}

function newIds({ newPredictionId }: InferenceContext, rows: number): string[] {
  return Array.from({ length: rows }, () => newPredictionId());
}

/** Puts the rows of a request that was answered into the prediction log, in parts between which others have turns. */
export async function logInParts(
  context: InferenceContext,
  call: Call,
  { route, ids, isRepeated }: PredictedTensors,
  logged: Iterable<LoggedTensors> | undefined,
): Promise<void> {
  if (logged === undefined || isRepeated || !isLogged(call)) return;
  let from = 0;
  for (const part of logged) {
    if (from > 0) await context.turns.again(call.endpoint?.name);
    const to = from + part.rowTexts.length;
    context.log.append(call.endpoint!.name, {
      ...part,
      at: context.clock.now(),
      model: route.modelName,
      version: route.modelVersion,
      deployment: route.deployment,
      latencyUs: Math.round((performance.now() - call.startedAt) * 1000),
      ids: ids.slice(from, to),
    });
    from = to;
  }
}

/**
 * The rows of a request: a model whose rows may depend on each other answers it as one. Throws `predict.too-many-rows` and
 * `request.invalid`.
 */
export function rowsOfTensors(
  context: InferenceContext,
  call: Call,
  { manifest }: TensorRoute,
  inputs: readonly Tensor[],
): number {
  if (!manifest.batchable) return 1;
  const limit = sizesOf(context, call).maxRows;
  const rows = inputs[0]!.shape[0]!;
  if (rows > limit) throw fail('predict.too-many-rows', { rows, limit }, { path: 'inputs' });
  const isEven = inputs.slice(0, manifest.inputs.length).every(({ shape }) => shape[0] === rows);
  const reason = 'the tensors have different numbers of rows';
  if (!isEven) throw fail('request.invalid', { reason }, { path: 'inputs' });
  return rows;
}
