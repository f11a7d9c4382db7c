import { fail } from '@slipway/contract';
import type { Table } from '../ingest/index.ts';
import { compileFlat, predictFlatRows } from '../optimize/index.ts';
import {
  type ClassType,
  classTypeOf,
  type FeatureMatrix,
  isText,
  type Preparation,
} from '../prepare/index.ts';
import { type AdditiveModel, type Predictions, predictAdditive } from '../train/index.ts';
import { classProbabilities, decidedClass } from './answer.ts';
import type { Decision } from './model.ts';
import { buildOnnx } from './onnx/build-onnx.ts';
import { type GraphNames, graphNames } from './onnx/graph-names.ts';
import type { OnnxRuntime, OnnxSession } from './ports.ts';
import { tensorColumns } from './tensor-columns.ts';

/** Probabilities may differ by this much. */
export const PROBABILITY_TOLERANCE = 1e-5;
/**
 * Numbers may differ by this share of how far they are from the model's base, or of the typical (root mean square) distance
 * if that is more: of the whole number, where it is large beside its spread, it would allow any.
 */
export const NUMBER_TOLERANCE = 1e-5;

/** Sums of doubles differ in their last digits by the order they are added in: 2^-48 of a number is allowed in any case. */
const DIGITS = 2 ** -48 / NUMBER_TOLERANCE;

/** Rows run through the graph at a time, so that memory stays bounded; texts become many words in it. */
const BATCH_ROWS = 4096;
const BATCH_ROWS_OF_TEXTS = 256;

export type ParityRequest = {
  preparation: Preparation;
  model: AdditiveModel;
  decision: Decision;
  /** Raw rows, and the features that prepare's encoder makes of them. */
  table: Table;
  features: FeatureMatrix;
  /** The graph, when it is built already. */
  onnx?: Uint8Array;
};

/** How far the engines were from the reference over all rows: probabilities absolute, numbers relative. */
export type ParityReport = { rows: number; largestDifference: { flat: number; onnx: number } };

/**
 * Compares, row by row, what the training code predicts with the flat engine and with the ONNX graph over raw
 * columns. Labels must be equal unless the decision is closer than the tolerance. Throws `parity.broken` with the row.
 */
export async function checkParity(request: ParityRequest, runtime: OnnxRuntime): Promise<ParityReport> {
  const reference = predictAdditive(request.model, request.features);
  const flat = predictFlatRows(compileFlat(request.model), request.features);
  const graph = await predictByGraph(request, runtime);
  const compare = comparer(request, reference);
  const largest = { flat: 0, onnx: 0 };
  for (let row = 0; row < request.features.rows; row++) {
    largest.flat = Math.max(largest.flat, compare(row, answersOf(request, flat, row)));
    largest.onnx = Math.max(largest.onnx, compare(row, graph.answer(row)));
  }
  return { rows: request.features.rows, largestDifference: largest };
}

/** One row as an engine answers it: `numbers` are the probabilities by class, or the one number. */
type RowAnswer = { numbers: number[]; label?: string };

function answersOf(request: ParityRequest, predictions: Predictions, row: number): RowAnswer {
  const { classes } = request.preparation;
  if (classes.length === 0) return { numbers: [predictions.values[row]!] };
  const numbers = classProbabilities(predictions.values, predictions.outputs, row);
  return { numbers, label: classes[decidedClass(numbers, request.decision)]! };
}

/** A function that gives the difference of a row's answer from the reference, or throws when it is too large. */
function comparer(request: ParityRequest, reference: Predictions) {
  const isClass = request.preparation.classes.length > 0;
  const tolerance = isClass ? PROBABILITY_TOLERANCE : NUMBER_TOLERANCE;
  const [base = 0] = isClass || request.model.link !== 'identity' ? [] : request.model.base;
  const typical = isClass ? 1 : rootMeanSquare(reference.values.map((value) => value - base));
  return (row: number, got: RowAnswer): number => {
    const expected = answersOf(request, reference, row);
    const differences = expected.numbers.map((value, index) => {
      const digits = Math.abs(value) * DIGITS;
      const scale = isClass ? 1 : Math.max(Math.abs(value - base), typical, digits, Number.MIN_VALUE);
      return value === got.numbers[index] ? 0 : Math.abs(value - got.numbers[index]!) / scale;
    });
    const difference = Math.max(...differences);
    if (!(difference <= tolerance)) throw broken(row, expected, got);
    if (got.label !== expected.label && !isClose(expected.numbers, request.decision)) {
      throw broken(row, expected, got);
    }
    return difference;
  };
}

/** Whether the decision lies within the tolerance, so that either label is right. */
function isClose(probabilities: readonly number[], decision: Decision): boolean {
  if (probabilities.length === 2) {
    return Math.abs(probabilities[1]! - decision.threshold) <= PROBABILITY_TOLERANCE;
  }
  const { costMatrix } = decision;
  if (costMatrix === undefined) {
    const [first, second] = [...probabilities].sort((a, b) => b - a);
    return first! - second! <= 2 * PROBABILITY_TOLERANCE;
  }
  const expected = probabilities.map((_, answer) =>
    probabilities.reduce((sum, share, truth) => sum + share * costMatrix[truth]![answer]!, 0),
  );
  const [least, next] = expected.toSorted((a, b) => a - b);
  const dearest = Math.max(...costMatrix.flat());
  return next! - least! <= 2 * probabilities.length * dearest * PROBABILITY_TOLERANCE;
}

async function predictByGraph(request: ParityRequest, runtime: OnnxRuntime) {
  const names = graphNames(request.preparation);
  const onnx = request.onnx ?? buildOnnx(request.preparation, request.model, request.decision, names);
  const session = await runtime.load(onnx);
  try {
    return await runBatches(request, session, names);
  } finally {
    await session.close();
  }
}

async function runBatches(request: ParityRequest, session: OnnxSession, names: GraphNames) {
  const { preparation, table } = request;
  const answers: RowAnswer[] = [];
  const isClass = preparation.classes.length > 0;
  const classType = classTypeOf(preparation);
  const batch = preparation.features.some(isText) ? BATCH_ROWS_OF_TEXTS : BATCH_ROWS;
  for (let from = 0; from < table.rows; from += batch) {
    const to = Math.min(table.rows, from + batch);
    const outputs = await session.run(tensorColumns(preparation, names, table, from, to));
    const values = outputs.get(names.value)!;
    const probabilities = names.probabilities.map((name) => outputs.get(name)!);
    for (let row = 0; row < to - from; row++) {
      const numbers = probabilities.map((column) => column[row] as number);
      const value = values[row]!;
      answers.push(isClass ? { numbers, label: labelOf(classType, value) } : { numbers: [value as number] });
    }
  }
  return { answer: (row: number) => answers[row]! };
}

/** The class as text; truth comes as 0 or 1. */
function labelOf(type: ClassType, value: string | number): string {
  return String(type === 'boolean' ? value === 1 : value);
}

function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));
}

function broken(row: number, expected: RowAnswer, got: RowAnswer): Error {
  return fail('parity.broken', { row, expected: describe(expected), got: describe(got) });
}

function describe(answer: RowAnswer): string {
  const numbers = answer.numbers.map((value) => String(value)).join(' ');
  return answer.label === undefined ? numbers : `${answer.label} (${numbers})`;
}
