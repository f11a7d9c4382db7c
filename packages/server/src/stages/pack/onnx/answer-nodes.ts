import type { ClassType } from '../../prepare/index.ts';
import type { Link } from '../../train/index.ts';
import type { Decision } from '../model.ts';
import { cast } from './feature-nodes.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { GraphNames } from './graph-names.ts';
import type { OnnxTensor } from './onnx-model.ts';
import { attribute, boolTensor, doubleTensor, int64Tensor, stringTensor } from './tensors.ts';

/** What the answer is made of: raw scores, a double tensor [N, outputs]. */
export type Answer = {
  scores: string;
  link: Link;
  classes: readonly string[];
  classType: ClassType;
  decision: Decision;
  names: GraphNames;
};

/** Adds the link and the outputs: `value`, and for classes their probabilities. */
export function addAnswer(graph: GraphBuilder, answer: Answer): void {
  ANSWERS[answer.link](graph, answer);
}

const ANSWERS: Record<Link, (graph: GraphBuilder, answer: Answer) => void> = {
  identity: (graph, { scores, names }) => addNumber(graph, scores, names),
  exp: (graph, { scores, names }) => addNumber(graph, graph.node('Exp', [scores]), names),
  logistic: addBinary,
  softmax: addClasses,
};

function addNumber(graph: GraphBuilder, values: string, names: GraphNames): void {
  flatten(graph, values, names.value);
  graph.output(names.value, 'double');
}

/** The positive class is answered when its probability is at least the threshold. */
function addBinary(graph: GraphBuilder, answer: Answer): void {
  const positive = graph.node('Sigmoid', [flatten(graph, answer.scores)]);
  const one = graph.constant(doubleTensor([1], []));
  const negative = graph.node('Sub', [one, positive]);
  const threshold = graph.constant(doubleTensor([answer.decision.threshold], []));
  const below = graph.node('Less', [positive, threshold]);
  const index = graph.node('Sub', [graph.constant(int64Tensor([1], [])), cast(graph, below, 'int64')]);
  addLabel(graph, answer, index);
  addProbability(graph, negative, answer.names.probabilities[0]!);
  addProbability(graph, positive, answer.names.probabilities[1]!);
}

/** The class of least expected cost is answered, without costs the most probable one; the first of equals. */
function addClasses(graph: GraphBuilder, answer: Answer): void {
  const probabilities = graph.node('Softmax', [answer.scores], [attribute.int('axis', 1)]);
  const options = [attribute.int('axis', 1), attribute.int('keepdims', 0)];
  const gains = gainsOf(graph, probabilities, answer.decision);
  addLabel(graph, answer, graph.node('ArgMax', [gains], options));
  for (const [index, name] of answer.names.probabilities.entries()) {
    const column = graph.constant(int64Tensor([index], []));
    addProbability(graph, graph.node('Gather', [probabilities, column], [attribute.int('axis', 1)]), name);
  }
}

/** By answer: minus its expected cost, or its probability. */
function gainsOf(graph: GraphBuilder, probabilities: string, { costMatrix }: Decision): string {
  if (costMatrix === undefined) return probabilities;
  const gains = costMatrix.flatMap((row) => row.map((cost) => -cost));
  const matrix = graph.constant(doubleTensor(gains, [costMatrix.length, costMatrix.length]));
  return graph.node('MatMul', [probabilities, matrix]);
}

/** The class in its type: string, int64, double or bool. */
function addLabel(graph: GraphBuilder, { classes, classType, names }: Answer, index: string): void {
  const { element, tensor } = LABELS[classType];
  const labels = graph.constant(tensor(classes));
  graph.node('Gather', [labels, index], [attribute.int('axis', 0)], { output: names.value });
  graph.output(names.value, element);
}

type Label = {
  element: 'string' | 'int64' | 'double' | 'bool';
  tensor: (classes: readonly string[]) => OnnxTensor;
};

const LABELS: Record<ClassType, Label> = {
  string: { element: 'string', tensor: (classes) => stringTensor(classes) },
  integer: { element: 'int64', tensor: (classes) => int64Tensor(classes.map(Number)) },
  number: { element: 'double', tensor: (classes) => doubleTensor(classes.map(Number)) },
  boolean: { element: 'bool', tensor: (classes) => boolTensor(classes.map((name) => name === 'true')) },
};

function addProbability(graph: GraphBuilder, probability: string, name: string): void {
  graph.node('Cast', [probability], [attribute.int('to', 1)], { output: name });
  graph.output(name, 'float');
}

function flatten(graph: GraphBuilder, tensor: string, output?: string): string {
  return graph.node('Reshape', [tensor, graph.constant(int64Tensor([-1]))], [], { output });
}
