import { fail } from '@slipway/contract';
import { exactJson } from '../kernel/index.ts';
import { type Engine, type Prediction, pathOf } from '../stages/serve/index.ts';
import { type Call, isProbe } from './call.ts';
import type { InferenceContext } from './context.ts';
import { countPredictions, versionMetrics } from './endpoint-metrics.ts';
import { isLogged } from './is-logged.ts';
import type { ColumnRoute } from './load-route.ts';
import type { Predicted } from './predicted.ts';
import type { LiveColumns } from './shadow/copies.ts';

/** Rows done without letting other requests in between: about a millisecond's work. */
export const PART_ROWS = 256;

/** Of what the model answered by itself: an engine that was told of more cannot be compared with. */
export function copyToShadow(context: InferenceContext, call: Call, engine: Engine, live: LiveColumns): void {
  const shadow = call.endpoint!.serving?.shadow;
  if (shadow === undefined || isProbe(call) || shadow.route.takes !== 'columns') return;
  if (engine === (call.route as ColumnRoute).engine) context.shadows.columns(shadow, live);
}

/** Bytes of a row's answer besides its classes: its id, value, and the objects around them. */
const ROW_BYTES = 256;
/** Bytes of a class's probability besides its name. */
const CLASS_BYTES = 32;
/** As objects, as text, and as bytes on their way. */
const COPIES = 3;

/** What the answers to so many rows take at worst, about; as much as one answer may have where that is less. */
export function answerBytes({ memory }: InferenceContext, { classes }: Engine, rows: number): number {
  const perRow = classes.reduce((sum, name) => sum + CLASS_BYTES + name.length, ROW_BYTES);
  return Math.min(memory.mostBytes, COPIES * perRow * rows);
}

/**
 * Of a strict endpoint: refuses what training never saw. The platform's own probes are rows held out, which may have such
 * values. Throws `predict.missing-column` and `predict.unseen-value`.
 */
export function refuseUnseen(call: Call, predictions: readonly Prediction[], from: number): void {
  if (call.endpoint!.declared.isStrict !== true || isProbe(call)) return;
  for (const [i, { warnings }] of predictions.entries()) {
    if (warnings === undefined) continue;
    const { code, column, message } = warnings[0]!;
    const reason = message.replace(/[.]$/, '');
    const path = pathOf(`rows[${from + i}]`, column);
    if (code === 'missing-not-seen') throw fail('predict.missing-column', { column }, { path });
    throw fail('predict.unseen-value', { column, reason }, { path });
  }
}

/** Nobody waits for the answer any more. */
export function checkDeadline(call: Call): void {
  if (call.deadlineAt !== undefined && performance.now() > call.deadlineAt) throw fail('predict.too-late');
}

export function countExecution(call: Call, startedAt: number): void {
  call.predictedAt = performance.now();
  const counted = versionMetrics(call.metrics, call.route!.modelVersion);
  counted.executions++;
  counted.inputMs += startedAt - call.readAt;
  counted.inferMs += call.predictedAt - startedAt;
}

/** One literal: an object put together by spreading costs two microseconds here, which is felt at one row. */
export function nameAndWrite(
  context: InferenceContext,
  route: ColumnRoute,
  predictions: Prediction[],
  { rowTexts, ids: own }: { rowTexts: string[] | undefined; ids: string[] | undefined },
): Predicted {
  const ids: string[] = own ?? [];
  const answerTexts: string[] = [];
  for (let i = 0; i < predictions.length; i++) {
    if (own === undefined) ids.push(context.newPredictionId());
    answerTexts.push(route.engine.answerText(predictions[i]!));
  }
  return { route, ids, predictions, answerTexts, rowTexts };
}

export function textOf(row: unknown): string {
  return exactJson(row);
}

/** Counts and logs the rows from `from` on that `rowTexts` holds. */
export function logPredicted(
  context: InferenceContext,
  call: Call,
  { route, ids, predictions, answerTexts }: Predicted,
  rowTexts: string[],
  from: number,
): void {
  call.rows += rowTexts.length;
  if (isProbe(call)) return;
  const to = from + rowTexts.length;
  const isWhole = rowTexts.length === ids.length;
  const at = context.clock.now();
  countPredictions(call.metrics, route.modelVersion, rowTexts.length, at);
  if (!isLogged(call)) return;
  context.log.append(call.endpoint!.name, {
    at,
    model: route.modelName,
    version: route.modelVersion,
    deployment: route.deployment,
    latencyUs: Math.round((performance.now() - call.startedAt) * 1000),
    ids: isWhole ? ids : ids.slice(from, to),
    rowTexts,
    answerTexts: isWhole ? answerTexts : answerTexts.slice(from, to),
    scores: predictions.slice(from, to).map((prediction) => prediction.score),
    ...(route.engine.graph && { took: predictions.slice(from, to).map(({ took }) => took) }),
  });
}
