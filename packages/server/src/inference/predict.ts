import { fail } from '@slipway/contract';
import type { Engine, Prediction } from '../stages/serve/index.ts';
import { type Call, isProbe } from './call.ts';
import { idsOfRows } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import type { ColumnRoute, LoadedRoute } from './load-route.ts';
import { predictByProcesses, tracedAgain } from './predict-by-processes.ts';
import type { Predicted } from './predicted.ts';
import {
  answerBytes,
  checkDeadline,
  copyToShadow,
  countExecution,
  logPredicted,
  nameAndWrite,
  PART_ROWS,
  refuseUnseen,
  textOf,
} from './predicted-rows.ts';

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
  /** Of an inference graph: whether the predictions say what each node answered. */
  traced?: boolean | undefined;
};

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
    return given.traced === true ? tracedAgain(context, call, rows, claim.known, done) : done(claim.known);
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
  if (engine.graph?.processes !== undefined)
    return predictByProcesses(context, call, rows, done, { ...given, engine, ids });
  if (rows.length > partRowsOf(engine))
    return predictInParts(context, call, rows, done, { engine, ids, holdsMemory });
  checkDeadline(call);
  const startedAt = performance.now();
  const predictions = engine.predict(rows);
  refuseUnseen(call, predictions, 0);
  countExecution(call, startedAt);
  const rowTexts = onlyRowText === undefined ? rows.map(textOf) : [onlyRowText];
  const predicted = nameAndWrite(context, route, predictions, { rowTexts, ids });
  logPredicted(context, call, predicted, rowTexts, 0);
  const told = done(predicted);
  copyToShadow(context, call, engine, { rows, predictions, ms: call.predictedAt - startedAt });
  return told;
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
    logPredicted(context, call, predicted, rows.slice(from, from + PART_ROWS).map(textOf), from);
  }
  await done(predicted);
  const { predictions } = predicted;
  copyToShadow(context, call, engine, { rows, predictions, ms: call.predictedAt - startedAt });
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
  logPredicted(context, call, predicted, known.rowTexts, 0);
  return predicted;
}
