import { fail } from '@slipway/contract';
import type { Tensor } from '../journey/pack/index.ts';
import { type Call, isProbe } from './call.ts';
import { idsOfRows } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import { countPredictions, versionMetrics } from './endpoint-metrics.ts';
import { isLogged } from './is-logged.ts';
import { sizesOf } from './limits/endpoint-limits.ts';
import type { TensorRoute } from './load-route.ts';
import type { LoggedTensors, PredictedTensors } from './predicted.ts';
import { sharesRuns } from './tensors/shares-runs.ts';

type Asked = { inputs: readonly Tensor[]; rows?: number | undefined; callerId?: string | undefined };

/**
 * Runs the inputs through the model of the call, whole, together with those of other calls where {@link sharesRuns} allows it, and
 * counts them.
 * Throws what `ModelPool.run` throws, `predict.quota-spent`, `predict.no-rows` and `predict.too-many-rows`.
 */
export async function predictTensors(
  context: InferenceContext,
  call: Call,
  route: TensorRoute,
  { inputs, rows: askedRows, callerId }: Asked,
): Promise<PredictedTensors> {
  const rows = askedRows ?? rowsOf(route, inputs, sizesOf(context, call).maxRows);
  context.limits.spend(call, rows);
  const startedAt = performance.now();
  // Inputs with a value in the graph are the request's own: others did not ask for it.
  const hasOverrides = inputs.length > route.manifest.inputs.length;
  const shared = !hasOverrides && sharesRuns(route.manifest, call.endpoint!.declared.batching, inputs);
  const ran = await route.pool.run(inputs, { deadlineAt: call.deadlineAt, shared });
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
    outputs: ran.outputs,
    get ids() {
      ids ??= callerId === undefined ? newIds(context, rows) : idsOfRows(callerId, rows);
      return ids;
    },
  };
}

function newIds({ newPredictionId }: InferenceContext, rows: number): string[] {
  return Array.from({ length: rows }, () => newPredictionId());
}

/** Puts rows that were predicted into the prediction log. */
export function logTensors(
  context: InferenceContext,
  call: Call,
  { route, ids }: PredictedTensors,
  logged: LoggedTensors,
): void {
  if (!isLogged(call)) return;
  context.log.append(call.endpoint!.name, {
    ...logged,
    at: context.clock.now(),
    model: route.modelName,
    version: route.modelVersion,
    latencyUs: Math.round((performance.now() - call.startedAt) * 1000),
    ids,
  });
}

/** A model whose rows may depend on each other answers a request as one. */
function rowsOf({ manifest }: TensorRoute, inputs: readonly Tensor[], limit: number): number {
  if (!manifest.batchable) return 1;
  const rows = inputs[0]!.shape[0]!;
  if (rows > limit) throw fail('predict.too-many-rows', { rows, limit }, { path: 'inputs' });
  const isEven = inputs.slice(0, manifest.inputs.length).every(({ shape }) => shape[0] === rows);
  const reason = 'the tensors have different numbers of rows';
  if (!isEven) throw fail('request.invalid', { reason }, { path: 'inputs' });
  return rows;
}
