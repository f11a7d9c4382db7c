import { defineOwn, fail, type GraphOutput, type GraphTree, ownValue } from '@slipway/contract';
import { type ClassType, classValue, type InputColumn } from '../../prepare/index.ts';
import type { CostMatrix } from '../../train/index.ts';
import type { NodeCounts, RawRow } from '../model.ts';
import {
  type Combine,
  majority,
  meanOfNumbers,
  meanOfProbabilities,
  withMembers,
} from './combine-answers.ts';
import { compileCondition } from './compile-condition.ts';
import { type Answered, type Asking, type Batch, modelText, type RunNode } from './graph-node.ts';
import { after, allOf, inSlices, type Later } from './later.ts';
import type { NodeModel } from './node-model.ts';
import { runModel } from './run-model.ts';

type Column = Pick<InputColumn, 'type' | 'reading'>;

export type GraphParts = {
  /** The model of a node with one. */
  modelOf(node: GraphTree): NodeModel;
  /** Columns that the caller sends. */
  inputs: readonly InputColumn[];
  missingWords: readonly string[];
  counts: NodeCounts[];
};

/** What a node answers with, which decides how its answers are combined and read further on. */
type Compiled = {
  run: RunNode;
  classes: readonly string[];
  classType: ClassType;
  /** Of several classes, where costs decided which was answered. */
  costMatrix?: CostMatrix | undefined;
};
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
  { tree, classes, classType }: Pick<Compiled, 'classes' | 'classType'> & { tree: GraphTree },
  run: RunNode,
  counts: NodeCounts,
): RunNode {
  const toldValue = ({ value }: Answered) =>
    classes.length === 0 ? value : classValue(classType, String(value));
  const checked = (batch: Batch, asking: Asking): Later<Answered[]> =>
    after(run(batch, asking), (answers) => {
      refuseNotFinite(tree, batch, answers);
      asking.trace?.add(tree, batch.numbers, answers, toldValue);
      return answers;
    });
  return (batch, asking) => {
    if (!asking.isCounted) return checked(batch, asking);
    const startedAt = performance.now();
    const done = (answers: Answered[] | undefined) => {
      counts.executions++;
      counts.ms += performance.now() - startedAt;
      if (answers === undefined) counts.failures++;
      else counts.rows += answers.length;
    };
    try {
      const answers = checked(batch, asking);
      if (answers instanceof Promise) return counted(answers, done);
      done(answers);
      return answers;
    } catch (error) {
      done(undefined);
      throw error;
    }
  };
}

async function counted(
  later: Promise<Answered[]>,
  done: (answers: Answered[] | undefined) => void,
): Promise<Answered[]> {
  let answers: Answered[] | undefined;
  try {
    answers = await later;
    return answers;
  } finally {
    done(answers);
  }
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

type Of<Kind> = Extract<GraphTree, { kind: Kind }>;

function compileModel(tree: Of<'model'>, parts: GraphParts, given: Given): Compiled {
  const model = parts.modelOf(tree);
  const { classes, classType, costMatrix } = model;
  return { run: runModel(tree, model, given), classes, classType, costMatrix };
}

function compileSequence(tree: Of<'sequence'>, parts: GraphParts, given: Given): Compiled {
  let known = given;
  const steps = tree.steps.map(({ node, outputs, row }) => {
    const { run, classes } = compileNode(node, parts, known);
    known = new Map([...(row === 'add' ? known : []), ...columnsGiven(outputs, classes)]);
    return { run, give: giver(outputs, classes), row };
  });
  const last = compileNode(tree.last, parts, known);
  const run: RunNode = (batch, asking) => {
    const stepFrom = (
      at: number,
      rows: readonly RawRow[],
      took: readonly Answered[][],
    ): Later<Answered[]> => {
      const step = steps[at];
      const answers = (step ?? last).run({ ...batch, rows }, asking);
      return after(answers, (all): Later<Answered[]> => {
        if (step === undefined)
          return all.map((answer, i) => withMembers(bare(answer), [...took.map((each) => each[i]!), answer]));
        const next = rows.map((row, i) => step.give(step.row === 'add' ? { ...row } : {}, all[i]!));
        return stepFrom(at + 1, next, [...took, all]);
      });
    };
    return stepFrom(0, batch.rows, []);
  };
  const { classes, classType, costMatrix } = last;
  return { run, classes, classType, costMatrix };
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
  const { classes, classType, costMatrix: common } = members[0]!;
  const costMatrix = tree.method === 'mean' ? common : undefined;
  const combine = combineBy(tree, { classes, costMatrix });
  const run: RunNode = (batch, asking) =>
    after(allOf(members.map((member) => () => member.run(batch, asking))), (answers) => {
      const combined: Answered[] = new Array(batch.rows.length);
      const done = inSlices(batch.rows.length, asking.call?.rest, (from, to) => {
        for (let row = from; row < to; row++) combined[row] = combine(answers.map((of) => of[row]!));
      });
      return after(done, () => combined);
    });
  return { run, classes, classType, costMatrix };
}

function combineBy(
  { method, members, threshold }: Extract<GraphTree, { method: 'mean' | 'vote' }>,
  decided: Pick<Compiled, 'classes' | 'costMatrix'>,
): Combine {
  const { classes } = decided;
  const weighted = { classes, weights: members.map(({ weight }) => weight) };
  if (method === 'vote') return majority(weighted);
  if (classes.length === 0) return meanOfNumbers(weighted);
  return meanOfProbabilities(weighted, { threshold: threshold ?? 0.5, costMatrix: decided.costMatrix });
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
  const run: RunNode = (batch, asking) =>
    after(allOf(members.map((member) => () => member.run(batch, asking))), (answers) => {
      const rows = batch.rows.map((row, i) =>
        members.reduce(
          (into, { give }, m) => give(into, answers[m]![i]!),
          tree.row === 'add' ? { ...row } : {},
        ),
      );
      return after(final.run({ ...batch, rows }, asking), (last) =>
        last.map((answer, i) => withMembers(bare(answer), [...answers.map((of) => of[i]!), answer])),
      );
    });
  const { classes, classType, costMatrix } = final;
  return { run, classes, classType, costMatrix };
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
  const run: RunNode = ({ rows, numbers }, asking) => {
    const places = branches.map((): number[] => []);
    for (const [i, row] of rows.entries()) {
      const found = tests.findIndex((test) => test(row));
      places[found === -1 ? tests.length : found]!.push(i);
    }
    const taken = places.flatMap((own, b) => (own.length === 0 ? [] : [{ own, branch: branches[b]! }]));
    const works = taken.map(({ own, branch }) => () => {
      const part = { rows: own.map((i) => rows[i]!), numbers: own.map((i) => numbers[i]!) };
      return branch.run(part, asking);
    });
    return after(allOf(works), (parts) => {
      const answers: Answered[] = new Array(rows.length);
      for (const [b, { own }] of taken.entries())
        for (const [at, answer] of parts[b]!.entries()) answers[own[at]!] = answer;
      return answers;
    });
  };
  const { classes, classType, costMatrix } = branches.at(-1)!;
  return { run, classes, classType, costMatrix };
}

function bare({ value, score, probabilities }: Answered) {
  return { value, score, ...(probabilities && { probabilities }) };
}
