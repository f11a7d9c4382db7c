import { defineOwn } from '@slipway/contract';
import { compileFlat, type FlatModel, predictFlat } from '../optimize/index.ts';
import type { ColumnReference, Decision, EngineFile } from '../pack/index.ts';
import { classTypeOf, compileEncoder, rowColumnsOf } from '../prepare/index.ts';
import { decidedPlace } from '../train/index.ts';
import { compileAnswerText } from './answer-text.ts';
import { compileWarnings } from './compile-warnings.ts';
import { compileRowExplainer, type RowExplainer } from './explain-row.ts';
import { notFinite, requestRow } from './find-overflow.ts';
import type { Engine, Prediction } from './model.ts';
import { computedFeatures, hasOverflow } from './overflowed-features.ts';
import { type Cell, compileRowReader } from './read-row.ts';

/** Makes a prediction of what the model gave for one row. */
type Decide = (outputs: Float64Array) => Prediction;

/**
 * Compiles an engine file into an engine, which warns of values that training never saw as far as `seen`, the columns of
 * the bundle's reference profile, tells. One engine answers one call at a time (its buffers are its own), which on
 * one thread it always does.
 */
export function loadEngine(file: EngineFile, seen: readonly ColumnReference[] = []): Engine {
  const { preparation, model, decision } = file;
  const { inputs, classes, task, features } = preparation;
  const columns = rowColumnsOf(preparation);
  const classType = classTypeOf(preparation);
  const readRow = compileRowReader(columns);
  const encode = compileEncoder(preparation);
  const flat: FlatModel = compileFlat(model);
  const computed = computedFeatures(model);
  const decide = compileDecision(classes, decision);
  const warningsOf = compileWarnings(preparation, seen);
  const cells: Cell[] = inputs.map(() => null);
  const encoded = new Float32Array(features.length);
  const outputs = new Float64Array(flat.outputs);
  let explainer: RowExplainer | undefined;

  function hasFiniteResult(of: readonly Cell[]): boolean {
    encode(of, encoded);
    predictFlat(flat, encoded, outputs);
    return !hasOverflow(computed, encoded) && outputs.every(Number.isFinite);
  }

  return {
    task,
    classes,
    inputs,
    columns,
    classType,
    costMatrix: decision.costMatrix,
    answerText: compileAnswerText(classes, classType),
    predict(rows, from = 0, to = rows.length) {
      const predictions: Prediction[] = [];
      for (let i = from; i < Math.min(to, rows.length); i++) {
        readRow(rows[i], i, cells);
        encode(cells, encoded);
        predictFlat(flat, encoded, outputs);
        if (!isFiniteSum(outputs) || hasOverflow(computed, encoded))
          throw notFinite(requestRow(i), inputs, cells, hasFiniteResult);
        const prediction = decide(outputs);
        const warnings = warningsOf(cells, encoded);
        if (warnings !== undefined) prediction.warnings = warnings;
        predictions.push(prediction);
      }
      return predictions;
    },
    explain(row, index, prediction) {
      explainer ??= compileRowExplainer(file);
      return explainer(row, index, prediction);
    },
  };
}

/** Whether every number is finite, for numbers below 1e308 in all: probabilities, or one number. */
function isFiniteSum(values: Float64Array): boolean {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return Number.isFinite(sum);
}

/** `classes` is empty for regression; for binary it is [negative, positive] and the model gives the positive one's probability. */
function compileDecision(classes: readonly string[], decision: Decision): Decide {
  if (classes.length === 0) return ([value]) => ({ value: value!, score: value! });
  const probabilities = compileProbabilities(classes);
  if (classes.length === 2) return decideBinary(classes, decision.threshold, probabilities);
  return decideMulticlass(classes, decision, probabilities);
}

function decideBinary(
  [negative, positive]: readonly string[],
  threshold: number,
  probabilities: Probabilities,
): Decide {
  const both = new Float64Array(2);
  return ([score]) => {
    both[0] = 1 - score!;
    both[1] = score!;
    return {
      value: score! >= threshold ? positive! : negative!,
      score: score!,
      probabilities: probabilities(both),
    };
  };
}

/** The first of equals, as ONNX's ArgMax. */
function decideMulticlass(
  classes: readonly string[],
  { costMatrix }: Decision,
  probabilities: Probabilities,
): Decide {
  return (outputs) => {
    const place = decidedPlace(outputs, 0, classes.length, costMatrix);
    return { value: classes[place]!, score: outputs[place]!, probabilities: probabilities(outputs) };
  };
}

type Probabilities = (shares: Float64Array) => Record<string, number>;

/** A class may be called `__proto__`, which plain assignment would take for something else. */
function compileProbabilities(classes: readonly string[]): Probabilities {
  if (classes.includes('__proto__')) {
    return (shares) => Object.fromEntries(classes.map((name, k) => [name, shares[k]!]));
  }
  return (shares) => {
    const byClass: Record<string, number> = {};
    for (let k = 0; k < classes.length; k++) defineOwn(byClass, classes[k]!, shares[k]!);
    return byClass;
  };
}
