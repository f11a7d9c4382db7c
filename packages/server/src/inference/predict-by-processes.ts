import type { Engine, GraphProcesses, ProcessCall } from '../stages/serve/index.ts';
import type { Call } from './call.ts';
import type { InferenceContext } from './context.ts';
import { sizesOf } from './limits/endpoint-limits.ts';
import type { ColumnRoute } from './load-route.ts';
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

type Given = {
  engine: Engine;
  ids: string[] | undefined;
  onlyRowText?: string | undefined;
  holdsMemory?: boolean;
  traced?: boolean | undefined;
};

/**
 * Predicts the rows with a graph some of whose models run in processes: all rows are one batch of each model. The memory of the models'
 * outputs and of the answer is taken at once and before anything runs, so that no request holds some and waits for more.
 *
 * Throws what `GraphProcesses.predict` and `AnswerMemory.take` throw, and `predict.too-late`.
 */
export async function predictByProcesses(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  done: (predicted: Predicted) => Promise<void> | undefined,
  given: Given,
): Promise<void> {
  const route = call.route as ColumnRoute;
  const { engine, holdsMemory } = given;
  const { mostBytes } = context.memory;
  const outputs = route.outputBytes?.(rows.length) ?? 0;
  const answer = Math.min(answerBytes(context, engine, rows.length), Math.max(0, mostBytes - outputs));
  const lease = await context.memory.take(call.endpoint!.name, outputs + answer, call.deadlineAt);
  if (holdsMemory === true) call.lease = lease;
  try {
    await predictAll(context, call, rows, given, {
      done,
      predicted: () => lease.set(answer),
    });
  } finally {
    if (holdsMemory !== true) lease.release();
  }
}

type Told = {
  done: (predicted: Predicted) => Promise<void> | undefined;
  /** The models have answered. */
  predicted: () => void;
};

async function predictAll(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  { engine, ids: own, onlyRowText, traced }: Given,
  told: Told,
): Promise<void> {
  const route = call.route as ColumnRoute;
  const owner = call.endpoint?.name;
  checkDeadline(call);
  const startedAt = performance.now();
  const { predictions, nodes } = await processesOf(engine).predict(rows, asking(context, call), traced);
  told.predicted();
  refuseUnseen(call, predictions, 0);
  countExecution(call, startedAt);
  const isSmall = rows.length <= PART_ROWS;
  const predicted: Predicted = { route, ids: [], predictions, answerTexts: [], rowTexts: undefined, nodes };
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    if (from > 0) await context.turns.again(owner);
    const ids = own?.slice(from, from + PART_ROWS);
    const part = predictions.slice(from, from + PART_ROWS);
    const written = nameAndWrite(context, route, part, { rowTexts: undefined, ids });
    predicted.ids.push(...written.ids);
    predicted.answerTexts.push(...written.answerTexts);
  }
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    if (from > 0) await context.turns.again(owner);
    const isOnly = rows.length === 1 && onlyRowText !== undefined;
    const rowTexts = isOnly ? [onlyRowText] : rows.slice(from, from + PART_ROWS).map(textOf);
    if (isSmall) predicted.rowTexts = rowTexts;
    logPredicted(context, call, predicted, rowTexts, from);
  }
  await told.done(predicted);
  copyToShadow(context, call, engine, { rows, predictions, ms: call.predictedAt - startedAt });
}

function asking(context: InferenceContext, call: Call): ProcessCall {
  return {
    deadlineAt: call.deadlineAt,
    shared: call.endpoint?.declared.batching !== 'off',
    maxOutputBytes: Math.min(sizesOf(context, call).maxAnswerBytes, context.memory.mostBytes),
    rest: () => context.turns.again(call.endpoint?.name),
  };
}

/** What is known of predictions that are answered again, with what the nodes of a graph answer where its models run in processes. */
export function tracedAgain(
  context: InferenceContext,
  call: Call,
  rows: readonly unknown[],
  known: Predicted,
  done: (predicted: Predicted) => Promise<void> | undefined,
): Promise<void> | undefined {
  const { processes } = known.route.engine.graph ?? {};
  if (processes === undefined || known.nodes !== undefined) return done(known);
  return processes.predict(rows, asking(context, call), true).then(({ nodes }) => done({ ...known, nodes }));
}

function processesOf({ graph }: Engine): GraphProcesses {
  if (graph?.processes === undefined) throw new Error('no model of this engine runs in processes');
  return graph.processes;
}
