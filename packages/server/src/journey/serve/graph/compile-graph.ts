import {
  defineOwn,
  fail,
  type GraphOutput,
  type GraphTree,
  isFailure,
  ownReader,
  ownValue,
  type PredictionWarning,
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

function compileModel(tree: Extract<GraphTree, { kind: 'model' }>, parts: GraphParts): Compiled {
  const engine = parts.engineOf(tree);
  const sources = engine.inputs.map(({ name: own, nullable }): Source => {
    const from = tree.columns.get(own) ?? own;
    return { own, from, nullable, read: ownReader(from) };
  });
  const callersName = new Map(sources.map(({ own, from }) => [own, from]));
  const took: readonly string[] = [modelText(tree)];
  const run: RunNode = ({ rows, numbers }) => {
    const taken = rows.map((row, i) => takenFrom(row, sources, tree, numbers[i]!));
    const predictions = predicted(engine, taken, tree, numbers);
    return predictions.map(({ warnings, ...prediction }): Answered => {
      const told = warnings?.map((warning) => inCallersWords(warning, callersName));
      return { ...prediction, took, ...(told && { warnings: told }) };
    });
  };
  return { run, classes: engine.classes, classType: engine.classType };
}

/** The columns that a model takes of a row. Throws `graph.missing-column`. */
function takenFrom(row: RawRow, sources: readonly Source[], { path }: GraphTree, number: number): RawRow {
  const taken: RawRow = {};
  for (const { own, from, nullable, read } of sources) {
    const value = read(row);
    if (value !== undefined) defineOwn(taken, own, value);
    else if (!nullable)
      throw fail(
        'graph.missing-column',
        { node: path, column: from },
        { path: pathOf(`rows[${number}]`, from) },
      );
  }
  return taken;
}

/** Throws `graph.node-failed` for what the model says of a row. */
function predicted(engine: Engine, rows: RawRow[], { path }: GraphTree, numbers: readonly number[]) {
  try {
    return engine.predict(rows);
  } catch (error) {
    if (!isFailure(error)) throw new Error(`node ${path} of the graph failed`, { cause: error });
    const ofRequest = (text: string) =>
      text.replace(/\brows\[(\d+)\]/, (_, row: string) => `rows[${numbers[Number(row)]}]`);
    const at = error.path && ofRequest(error.path);
    const named = error.code === 'predict.not-finite' ? ofRequest(error.message) : error.message;
    const reason = named.replace(/[.]$/, '');
    throw fail('graph.node-failed', { node: path, reason }, { ...(at && { path: at }), cause: error });
  }
}

function inCallersWords(warning: PredictionWarning, names: ReadonlyMap<string, string>): PredictionWarning {
  const column = names.get(warning.column) ?? warning.column;
  return column === warning.column ? warning : { ...warning, column };
}

function compileSequence(
  tree: Extract<GraphTree, { kind: 'sequence' }>,
  parts: GraphParts,
  given: Given,
): Compiled {
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

function compileEnsemble(
  tree: Extract<GraphTree, { kind: 'ensemble' }>,
  parts: GraphParts,
  given: Given,
): Compiled {
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
function compileSwitch(
  tree: Extract<GraphTree, { kind: 'switch' }>,
  parts: GraphParts,
  given: Given,
): Compiled {
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
