import { fail } from '@slipway/contract';
import { type Engine, type Prediction, pathOf } from '../journey/serve/index.ts';
import { exactJson } from '../kernel/index.ts';
import { type Call, isProbe } from './call.ts';
import { idsOfRows } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import { countPredictions, versionMetrics } from './endpoint-metrics.ts';
import { isLogged } from './is-logged.ts';
import type { ColumnRoute, LoadedRoute } from './load-route.ts';
import type { Predicted } from './predicted.ts';
import type { LiveColumns } from './shadow/copies.ts';

/** What the caller may have beside the rows. */
type Given = {
  onlyRowText?: string | undefined;
  engine?: Engine | undefined;
  /** Names the predictions: the same rows under the same id are predicted and logged once. */
  callerId?: string | undefined;
  /** What the answer depends on besides the rows, such as the history of a forecast, as JSON. */
  about?: string | undefined;
  /** Whether the memory of a large answer is the call's to release, since it is not sent when `done` ends. */
  holdsMemory?: boolean;
};

/** Rows done without letting other requests in between: about a millisecond's work. */
const PART_ROWS = 256;

/** A graph has many models to ask for each row, so fewer rows make a part. */
function partRowsOf(engine: Engine): number {
  return engine.graph?.partRows ?? PART_ROWS;
}

/** The route, for callers that talk of columns. Throws `predict.takes-tensors`. */
export function columnsOf(call: Call, route: LoadedRoute): ColumnRoute {
  if (route.takes === 'columns') return route;
  throw fail('predict.takes-tensors', { name: call.endpoint!.name });
}

/**
 * Predicts the rows with the route of the call, logs them, and hands the predictions to `done`: at once when they
 * are few, else in parts with room for other requests between. What it throws is about the rows; then nothing of the
 * call is logged. Also throws `predict.quota-spent`, `predict.too-late`, `prediction.id-taken` and `prediction.id-busy`.
 *
 * @param given the JSON of the only row, where the caller has it already, and an engine that answers instead of the
 * model's own
 */
export function predictRows(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  done: (predicted: Predicted) => Promise<void> | undefined,
  given: Given = {},
): Promise<void> | undefined {
  const { callerId, about } = given;
  if (callerId === undefined || isProbe(call)) return predictNew(context, call, rows, done, given);
  const claim = context.callerIds.claim(call.endpoint!.name, callerId, rows.map(textOf), { about });
  if (claim.known !== undefined) {
    call.route = claim.known.route;
    call.predictedAt = performance.now();
    return done(claim.known);
  }
  const keep = (predicted: Predicted): Promise<void> | undefined => {
    claim.keep({ ...predicted, rowTexts: undefined });
    return done(predicted);
  };
  try {
    const later = predictNew(context, call, rows, keep, given);
    later?.catch(() => claim.release());
    return later;
  } catch (error) {
    claim.release();
    throw error;
  }
}

function predictNew(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  done: (predicted: Predicted) => Promise<void> | undefined,
  given: Given,
): Promise<void> | undefined {
  const route = columnsOf(call, call.route!);
  context.limits.spend(call, rows.length);
  const { onlyRowText, engine = route.engine, callerId, holdsMemory } = given;
  const ids = callerId === undefined ? undefined : idsOfRows(callerId, rows.length);
  if (rows.length > partRowsOf(engine))
    return predictInParts(context, call, rows, done, { engine, ids, holdsMemory });
  checkDeadline(call);
  const startedAt = performance.now();
  const predictions = engine.predict(rows);
  refuseUnseen(call, predictions, 0);
  countExecution(call, startedAt);
  const rowTexts = onlyRowText === undefined ? rows.map(textOf) : [onlyRowText];
  const predicted = nameAndWrite(context, route, predictions, { rowTexts, ids });
  log(context, call, predicted, rowTexts, 0);
  const told = done(predicted);
  copyToShadow(context, call, engine, { rows, predictions, ms: call.predictedAt - startedAt });
  return told;
}

/** Of what the model answered by itself: an engine that was told of more cannot be compared with. */
function copyToShadow(context: InferenceContext, call: Call, engine: Engine, live: LiveColumns): void {
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
function answerBytes({ memory }: InferenceContext, { classes }: Engine, rows: number): number {
  const perRow = classes.reduce((sum, name) => sum + CLASS_BYTES + name.length, ROW_BYTES);
  return Math.min(memory.mostBytes, COPIES * perRow * rows);
}

/** The memory of the answers is taken before they are made. */
async function predictInParts(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  done: (predicted: Predicted) => Promise<void> | undefined,
  { holdsMemory, ...given }: InParts & Pick<Given, 'holdsMemory'>,
): Promise<void> {
  const bytes = answerBytes(context, given.engine, rows.length);
  const lease = await context.memory.take(call.endpoint!.name, bytes, call.deadlineAt);
  if (holdsMemory === true) call.lease = lease;
  try {
    await predictParts(context, call, rows, done, given);
  } finally {
    if (holdsMemory !== true) lease.release();
  }
}

type InParts = { engine: Engine; ids: string[] | undefined };

async function predictParts(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  done: (predicted: Predicted) => Promise<void> | undefined,
  { engine, ids }: InParts,
): Promise<void> {
  const route = columnsOf(call, call.route!);
  const predicted: Predicted = { route, ids: [], predictions: [], answerTexts: [], rowTexts: undefined };
  const owner = call.endpoint?.name;
  const partRows = partRowsOf(engine);
  const startedAt = performance.now();
  for (let from = 0; from < rows.length; from += partRows) {
    if (from > 0) await context.turns.again(owner);
    checkDeadline(call);
    const predictions = engine.predict(rows, from, from + partRows);
    refuseUnseen(call, predictions, from);
    const own = ids?.slice(from, from + partRows);
    const part = nameAndWrite(context, route, predictions, { rowTexts: undefined, ids: own });
    predicted.ids.push(...part.ids);
    predicted.predictions.push(...part.predictions);
    predicted.answerTexts.push(...part.answerTexts);
  }
  countExecution(call, startedAt);
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    await context.turns.again(owner);
    log(context, call, predicted, rows.slice(from, from + PART_ROWS).map(textOf), from);
  }
  await done(predicted);
  const { predictions } = predicted;
  copyToShadow(context, call, engine, { rows, predictions, ms: call.predictedAt - startedAt });
}

/**
 * Of a strict endpoint: refuses what training never saw. The platform's own probes are rows held out, which may have such
 * values. Throws `predict.missing-column` and `predict.unseen-value`.
 */
function refuseUnseen(call: Call, predictions: readonly Prediction[], from: number): void {
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
function checkDeadline(call: Call): void {
  if (call.deadlineAt !== undefined && performance.now() > call.deadlineAt) throw fail('predict.too-late');
}

/** What the same model said about the same body before, told again: with ids of its own, counted and logged. Throws as
 * {@link predictRows}. */
export function predictAgain(
  context: InferenceContext,
  call: Call,
  known: { predictions: Prediction[]; answerTexts: string[]; rowTexts: string[] },
): Predicted {
  refuseUnseen(call, known.predictions, 0);
  context.limits.spend(call, known.predictions.length);
  const ids = known.predictions.map(() => context.newPredictionId());
  const predicted: Predicted = { ...known, route: columnsOf(call, call.route!), ids };
  call.predictedAt = performance.now();
  log(context, call, predicted, known.rowTexts, 0);
  return predicted;
}

function countExecution(call: Call, startedAt: number): void {
  call.predictedAt = performance.now();
  const counted = versionMetrics(call.metrics, call.route!.modelVersion);
  counted.executions++;
  counted.inputMs += startedAt - call.readAt;
  counted.inferMs += call.predictedAt - startedAt;
}

/** One literal: an object put together by spreading costs two microseconds here, which is felt at one row. */
function nameAndWrite(
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

function textOf(row: unknown): string {
  return exactJson(row);
}

/** Counts and logs the rows from `from` on that `rowTexts` holds. */
function log(
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
