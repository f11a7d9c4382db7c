import {
  defineOwn,
  fail,
  type GraphOutput,
  type GraphTree,
  isFailure,
  ownReader,
  ownValue,
  type PredictionWarning,
  type SlipwayError,
} from '@slipway/contract';
import { type ClassType, classValue, type InputColumn } from '../../prepare/index.ts';
import type { Engine, NodeCounts, RawRow, RawValue } from '../model.ts';
import { pathOf } from '../read-row.ts';
import {
  type Combine,
  majority,
  meanOfNumbers,
  meanOfProbabilities,
  withMembers,
} from './combine-answers.ts';
import { compileCondition } from './compile-condition.ts';
import { type Answered, type Batch, modelText, type RunNode } from './graph-node.ts';

type Column = Pick<InputColumn, 'type' | 'reading'>;

export type GraphParts = {
  /** The engine of a node with a model. */
  engineOf(node: GraphTree): Engine;
  /** Columns that the caller sends. */
  inputs: readonly InputColumn[];
  missingWords: readonly string[];
  counts: NodeCounts[];
};

/** What a node answers with, which decides how its answers are combined and read further on. */
type Compiled = { run: RunNode; classes: readonly string[]; classType: ClassType };
type Given = ReadonlyMap<string, Column>;

/** Compiles a graph that was checked, from the root down. */
export function compileGraph(tree: GraphTree, parts: GraphParts): Compiled {
  return compileNode(tree, parts, new Map());
}

function compileNode(tree: GraphTree, parts: GraphParts, given: Given): Compiled {
  const counts: NodeCounts = {
    node: tree.path,
    kind: tree.kind,
    model: tree.kind === 'model' ? modelText(tree) : '',
    rows: 0,
    executions: 0,
    failures: 0,
    ms: 0,
  };
  parts.counts.push(counts);
  const { run, ...answers } = COMPILERS[tree.kind](tree as never, parts, given);
  return { run: watched({ ...answers, tree }, run, counts), ...answers };
}

type Compiler<Kind> = (tree: Extract<GraphTree, { kind: Kind }>, parts: GraphParts, given: Given) => Compiled;

const COMPILERS: { [Kind in GraphTree['kind']]: Compiler<Kind> } = {
  model: compileModel,
  sequence: compileSequence,
  ensemble: compileEnsemble,
  switch: compileSwitch,
};

/**
 * Counts what a node does, refuses what is no finite number, and keeps what it answers where somebody asks: rows that are
 * answered once more for that are not counted again.
 */
function watched(
  { tree, classes, classType }: Omit<Compiled, 'run'> & { tree: GraphTree },
  run: RunNode,
  counts: NodeCounts,
): RunNode {
  const toldValue = ({ value }: Answered) =>
    classes.length === 0 ? value : classValue(classType, String(value));
  const checked: RunNode = (batch, trace) => {
    const answers = run(batch, trace);
    refuseNotFinite(tree, batch, answers);
    trace?.add(tree, batch.numbers, answers, toldValue);
    return answers;
  };
  return (batch, trace) => {
    if (trace !== undefined) return checked(batch, trace);
    const startedAt = performance.now();
    try {
      const answers = checked(batch, undefined);
      counts.rows += answers.length;
      return answers;
    } catch (error) {
      counts.failures++;
      throw error;
    } finally {
      counts.executions++;
      counts.ms += performance.now() - startedAt;
    }
  };
}

function refuseNotFinite(tree: GraphTree, { numbers }: Batch, answers: readonly Answered[]): void {
  for (const [i, { value, probabilities }] of answers.entries()) {
    const finite =
      probabilities === undefined
        ? typeof value !== 'number' || Number.isFinite(value)
        : Object.values(probabilities).every(Number.isFinite);
    if (!finite) throw fail('graph.not-finite', { node: tree.path }, { path: `rows[${numbers[i]}]` });
  }
}

type Source = {
  own: string;
  from: string;
  nullable: boolean;
  read: (row: RawRow) => RawValue | undefined;
};

type Of<Kind> = Extract<GraphTree, { kind: Kind }>;

function compileModel(tree: Of<'model'>, parts: GraphParts, given: Given): Compiled {
  const engine = parts.engineOf(tree);
  const sources = engine.inputs.map(({ name: own, nullable }): Source => {
    const from = tree.columns.get(own) ?? own;
    return { own, from, nullable, read: ownReader(from) };
  });
  const callersName = new Map(sources.map(({ own, from }) => [own, from]));
  const placeOf = (column: string, row: number): string => {
    const name = callersName.get(column) ?? column;
    return given.has(name) ? `rows[${row}]` : pathOf(`rows[${row}]`, name);
  };
  const took: readonly string[] = [modelText(tree)];
  const run: RunNode = ({ rows, numbers }) => {
    const taken = rows.map((row, i) => takenFrom(row, sources, tree, numbers[i]!));
    const predictions = predicted(engine, taken, tree, { numbers, placeOf });
    return predictions.map(({ warnings, ...prediction }): Answered => {
      const told = warnings?.map((warning) => inCallersWords(warning, callersName));
      return { ...prediction, took, ...(told && { warnings: told }) };
    });
  };
  return { run, classes: engine.classes, classType: engine.classType };
}

/** The columns that a model takes of a row. Throws `graph.missing-column`. */
function takenFrom(row: RawRow, sources: readonly Source[], node: Of<'model'>, number: number): RawRow {
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

/** Throws `graph.node-failed` for what the model says of a row. */
function predicted(engine: Engine, rows: RawRow[], node: Of<'model'>, places: RowPlaces) {
  try {
    return engine.predict(rows);
  } catch (error) {
    const { path } = node;
    if (!isFailure(error)) throw new Error(`node ${path} of the graph failed`, { cause: error });
    const at = pathInCallersRow(error, places);
    const details = { node: path, model: modelText(node), reason: reasonOf(error) };
    throw fail('graph.node-failed', details, { ...(at && { path: at }), cause: error });
  }
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

function compileSequence(tree: Of<'sequence'>, parts: GraphParts, given: Given): Compiled {
  let known = given;
  const steps = tree.steps.map(({ node, outputs, row }) => {
    const { run, classes } = compileNode(node, parts, known);
    known = new Map([...(row === 'add' ? known : []), ...columnsGiven(outputs, classes)]);
    return { run, give: giver(outputs, classes), row };
  });
  const last = compileNode(tree.last, parts, known);
  const run: RunNode = (batch, trace) => {
    let { rows } = batch;
    const took: Answered[][] = [];
    for (const step of steps) {
      const answers = step.run({ ...batch, rows }, trace);
      took.push(answers);
      rows = rows.map((row, i) => step.give(step.row === 'add' ? { ...row } : {}, answers[i]!));
    }
    const answers = last.run({ ...batch, rows }, trace);
    return answers.map((answer, i) => withMembers(bare(answer), [...took.map((each) => each[i]!), answer]));
  };
  return { run, classes: last.classes, classType: last.classType };
}

/** Writes the columns that a node gives into a row, and gives the row back. */
function giver(outputs: readonly GraphOutput[], classes: readonly string[]): Give {
  const isClass = classes.length > 0;
  return (row, { value, probabilities }) => {
    for (const { column, source } of outputs) {
      if (source !== 'value') defineOwn(row, column, ownValue(probabilities, source.probability) ?? null);
      else defineOwn(row, column, isClass ? String(value) : value);
    }
    return row;
  };
}

type Give = (row: RawRow, answer: Answered) => RawRow;

function columnsGiven(outputs: readonly GraphOutput[], classes: readonly string[]): [string, Column][] {
  return outputs.map(({ column, source }) => [
    column,
    { type: source === 'value' && classes.length > 0 ? 'string' : 'number' },
  ]);
}

function compileEnsemble(tree: Of<'ensemble'>, parts: GraphParts, given: Given): Compiled {
  if (tree.method === 'stacked') return compileStack(tree, parts, given);
  const members = tree.members.map(({ node }) => compileNode(node, parts, given));
  const { classes, classType } = members[0]!;
  const combine = combineBy(tree, classes);
  const run: RunNode = (batch, trace) => {
    const answers = members.map((member) => member.run(batch, trace));
    return batch.rows.map((_, row) => combine(answers.map((of) => of[row]!)));
  };
  return { run, classes, classType };
}

function combineBy(
  { method, members, threshold }: Extract<GraphTree, { method: 'mean' | 'vote' }>,
  classes: readonly string[],
): Combine {
  const weighted = { classes, weights: members.map(({ weight }) => weight) };
  if (method === 'vote') return majority(weighted);
  return classes.length === 0 ? meanOfNumbers(weighted) : meanOfProbabilities(weighted, threshold ?? 0.5);
}

function compileStack(
  tree: Extract<GraphTree, { method: 'stacked' }>,
  parts: GraphParts,
  given: Given,
): Compiled {
  const members = tree.members.map(({ node, outputs }) => {
    const compiled = compileNode(node, parts, given);
    return {
      ...compiled,
      give: giver(outputs, compiled.classes),
      columns: columnsGiven(outputs, compiled.classes),
    };
  });
  const known = new Map([...(tree.row === 'add' ? given : []), ...members.flatMap(({ columns }) => columns)]);
  const final = compileNode(tree.final, parts, known);
  const run: RunNode = (batch, trace) => {
    const answers = members.map((member) => member.run(batch, trace));
    const rows = batch.rows.map((row, i) =>
      members.reduce(
        (into, { give }, m) => give(into, answers[m]![i]!),
        tree.row === 'add' ? { ...row } : {},
      ),
    );
    const last = final.run({ ...batch, rows }, trace);
    return last.map((answer, i) => withMembers(bare(answer), [...answers.map((of) => of[i]!), answer]));
  };
  return { run, classes: final.classes, classType: final.classType };
}

/** Each row goes to the first case whose condition it satisfies; the order of the answers is that of the rows. */
function compileSwitch(tree: Of<'switch'>, parts: GraphParts, given: Given): Compiled {
  const callers = new Map(parts.inputs.map((input) => [input.name, input]));
  const columns = {
    columnOf: (name: string) => given.get(name) ?? callers.get(name),
    missingWords: parts.missingWords,
  };
  const tests = tree.cases.map(({ when }) => compileCondition(when, columns));
  const branches = [...tree.cases.map(({ node }) => node), tree.otherwise].map((node) =>
    compileNode(node, parts, given),
  );
  const run: RunNode = ({ rows, numbers }, trace) => {
    const places = branches.map((): number[] => []);
    for (const [i, row] of rows.entries()) {
      const found = tests.findIndex((test) => test(row));
      places[found === -1 ? tests.length : found]!.push(i);
    }
    const answers: Answered[] = new Array(rows.length);
    for (const [b, own] of places.entries()) {
      if (own.length === 0) continue;
      const part = { rows: own.map((i) => rows[i]!), numbers: own.map((i) => numbers[i]!) };
      for (const [at, answer] of branches[b]!.run(part, trace).entries()) answers[own[at]!] = answer;
    }
    return answers;
  };
  const { classes, classType } = branches.at(-1)!;
  return { run, classes, classType };
}

function bare({ value, score, probabilities }: Answered) {
  return { value, score, ...(probabilities && { probabilities }) };
}
