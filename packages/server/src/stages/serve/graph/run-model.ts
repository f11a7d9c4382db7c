import {
  defineOwn,
  fail,
  type GraphTree,
  isFailure,
  ownReader,
  type PredictionWarning,
  type SlipwayError,
} from '@slipway/contract';
import type { Prediction, ProcessCall, RawRow, RawValue } from '../model.ts';
import { pathOf } from '../read-row.ts';
import { type Answered, modelText, type RunNode } from './graph-node.ts';
import { after, inSlices, type Later } from './later.ts';
import type { NodeModel } from './node-model.ts';

type ModelNode = Extract<GraphTree, { kind: 'model' }>;

type Source = {
  own: string;
  from: string;
  nullable: boolean;
  read: (row: RawRow) => RawValue | undefined;
};

/**
 * A node with a model: takes its columns of the rows, in the names of the model, and says what the model says in the names of the
 * caller.
 *
 * @param given columns that earlier nodes gave
 */
export function runModel(tree: ModelNode, model: NodeModel, given: ReadonlyMap<string, unknown>): RunNode {
  const sources = model.inputs.map(({ name: own, nullable }): Source => {
    const from = tree.columns.get(own) ?? own;
    return { own, from, nullable, read: ownReader(from) };
  });
  const callersName = new Map(sources.map(({ own, from }) => [own, from]));
  const placeOf = (column: string, row: number): string => {
    const name = callersName.get(column) ?? column;
    return given.has(name) ? `rows[${row}]` : pathOf(`rows[${row}]`, name);
  };
  const took: readonly string[] = [modelText(tree)];
  const answered = ({ warnings, ...prediction }: Prediction): Answered => {
    const told = warnings?.map((warning) => inCallersWords(warning, callersName));
    return { ...prediction, took, ...(told && { warnings: told }) };
  };
  return ({ rows, numbers }, { call }) => {
    const taken: RawRow[] = new Array(rows.length);
    const done = inSlices(rows.length, call?.rest, (from, to) => {
      for (let i = from; i < to; i++) taken[i] = takenFrom(rows[i]!, sources, tree, numbers[i]!);
    });
    const predictions = after(done, () => predicted(model, taken, tree, { numbers, placeOf }, call));
    return after(predictions, (all) => all.map(answered));
  };
}

/** The columns that a model takes of a row. Throws `graph.missing-column`. */
function takenFrom(row: RawRow, sources: readonly Source[], node: ModelNode, number: number): RawRow {
  const taken: RawRow = {};
  for (const { own, from, nullable, read } of sources) {
    const value = read(row);
    if (value !== undefined) defineOwn(taken, own, value);
    else if (!nullable)
      throw fail(
        'graph.missing-column',
        { node: node.path, model: modelText(node), column: from },
        { path: pathOf(`rows[${number}]`, from) },
      );
  }
  return taken;
}

type RowPlaces = {
  numbers: readonly number[];
  /** The path of a column of the model in a row of the caller; of one that an earlier node gave, that of the row. */
  placeOf: (column: string, row: number) => string;
};

/** Throws `graph.node-failed` for what the model says of a row, and `graph.model-unavailable` where its process is gone. */
function predicted(
  model: NodeModel,
  rows: RawRow[],
  node: ModelNode,
  places: RowPlaces,
  call: ProcessCall | undefined,
): Later<Prediction[]> {
  try {
    const predictions = model.predict(rows, call);
    if (!(predictions instanceof Promise)) return predictions;
    return predictions.catch((error: unknown) => {
      throw nodeFailure(error, node, places);
    });
  } catch (error) {
    throw nodeFailure(error, node, places);
  }
}

function nodeFailure(error: unknown, node: ModelNode, places: RowPlaces): Error {
  const { path } = node;
  if (!isFailure(error)) return new Error(`node ${path} of the graph failed`, { cause: error });
  const about = { node: path, model: modelText(node) };
  const gone = whyGone(error);
  if (gone !== undefined) return fail('graph.model-unavailable', { ...about, ...gone }, { cause: error });
  // Of the machine and not of the rows: too many requests, too late, too large.
  if (error.kind !== 'unprocessable' && error.kind !== 'invalid') return error;
  const at = pathInCallersRow(error, places);
  return fail(
    'graph.node-failed',
    { ...about, reason: reasonOf(error) },
    { ...(at && { path: at }), cause: error },
  );
}

/** Why no process of an imported model answers, and when to try again. */
function whyGone({ code, details }: SlipwayError) {
  if (code === 'model.lost')
    return { reason: `its process is gone: ${details.reason}`, retryAfterSeconds: 1 };
  if (code !== 'model.resting') return undefined;
  const { deaths, retryAfterSeconds = 1 } = details;
  return {
    reason: `its process crashed ${deaths} times; circuit breaker open for ${retryAfterSeconds} s`,
    retryAfterSeconds,
  };
}

/** What the model says, without the place of the row among those that the node has, which is not the caller's. */
function reasonOf({ code, message, details }: SlipwayError): string {
  if (code === 'predict.not-finite')
    return `its prediction is not a finite number; the cause is ${details.cause}`;
  return message.replace(/[.]$/, '');
}

function pathInCallersRow(
  { path, details }: SlipwayError,
  { numbers, placeOf }: RowPlaces,
): string | undefined {
  const [head, row] = /^rows\[(\d+)\]/.exec(path ?? '') ?? [];
  if (path === undefined || head === undefined) return path;
  const number = numbers[Number(row)]!;
  const columns = Array.isArray(details.columns) ? (details.columns as readonly string[]) : [details.column];
  const [column] = columns;
  if (path === head || columns.length !== 1 || typeof column !== 'string') return `rows[${number}]`;
  return placeOf(column, number);
}

function inCallersWords(warning: PredictionWarning, names: ReadonlyMap<string, string>): PredictionWarning {
  const column = names.get(warning.column) ?? warning.column;
  return column === warning.column ? warning : { ...warning, column };
}
