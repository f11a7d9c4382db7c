import { seededRandom, shuffle } from '../../../../kernel/index.ts';
import { OBJECTIVE_OF_TASK, type Objective, outputsOf } from '../../objectives/index.ts';
import type { Fit, FitContext, LearnerData } from '../learner.ts';
import { type Design, designOf, layOut, marginsOf } from './design.ts';
import { minimise } from './l-bfgs.ts';
import { type LinearParams, STRENGTHS } from './params.ts';
import { type LinearProblem, penalisedLoss } from './penalised-loss.ts';
import { linearImportance, linearTerms, termWeights } from './terms.ts';

/** Cells of the laid-out design, times outputs, at most; beyond, a sample of the rows is as good for so stiff a model. */
const MAX_CELLS = 6_000_000;

/** The same of terms, which are many and need the rows that they are in. */
const MAX_TERM_CELLS = 24_000_000;

/**
 * A step that lowers the loss by less than this share is the last. Of terms, which are thousands, the last steps take three
 * quarters of the time and change the held-out loss in the fourth digit.
 */
const TOLERANCE = 1e-6;
const TEXT_TOLERANCE = 1e-5;

/** Strengths in a row that may fail to do better by this share before weaker ones are given up. */
const IDLE_STRENGTHS = 2;
const BETTER = 1e-4;

/** A weaker strength must lower the loss by this share: of equals the stiffer model errs less on rows to come. */
const NOTABLY = 2e-3;

/** A strength with the coefficients it led to, and what the validation rows say of them. */
type Step = { l2: number; coefficients: Float64Array; loss: number; margins: Float64Array };

/** The scale of the target: regression is fitted to the standardised target, classes to themselves. */
type TargetScale = { center: number; scale: number };

/**
 * Ridge, logistic or multinomial regression by L-BFGS on standardised and one-hot features, along a path of falling
 * strengths, of which the validation rows choose (Friedman, Hastie and Tibshirani 2010 for the path with warm starts).
 */
export function fitLinear(data: LearnerData, params: LinearParams, context: FitContext): Fit {
  const objective = OBJECTIVE_OF_TASK[data.task];
  const outputs = outputsOf(data);
  const rows = sampleRows(context.rows, mostRows(data, outputs), context.seed);
  const design = designOf(data, rows);
  const scale = targetScale(objective, data, rows);
  const problem = problemOf(data, design, objective, outputs, rows, scale);
  const validate = validation(data, design, objective, outputs, context.validation, scale);
  const path: Step[] = [];
  let idle = 0;
  for (const l2 of strengthsOf(params, context)) {
    if (idle === IDLE_STRENGTHS || (path.length > 0 && context.shouldStop())) break;
    const start = path[path.length - 1]?.coefficients ?? new Float64Array(design.width * outputs);
    const coefficients = solve(problem, l2, start, params, context);
    const step = { l2, coefficients, ...validate(coefficients) };
    idle = step.loss < lowestLoss(path) * (1 - BETTER) ? 0 : idle + 1;
    path.push(step);
  }
  const best = chooseStep(path);
  const { base, terms } = linearTerms(design, outputs, best.coefficients, scale);
  return {
    model: {
      link: objective.link,
      outputs,
      base,
      trees: [],
      linear: terms,
      parts: [],
      ...termWeights(design, outputs, best.coefficients, scale.scale),
    },
    validationMargins: best.margins,
    curve: path.map(({ loss }) => loss),
    importance: linearImportance(
      design,
      problem.matrix,
      outputs,
      best.coefficients,
      data.features.columns.length,
    ),
    settled: { ...params, l2: best.l2 },
    cutShort: context.shouldStop(),
  };
}

function lowestLoss(path: readonly Step[]): number {
  return Math.min(Number.POSITIVE_INFINITY, ...path.map(({ loss }) => loss));
}

/** The stiffest step about as good as the best; without validation rows the only one there is. */
function chooseStep(path: readonly Step[]): Step {
  const enough = lowestLoss(path) * (1 + NOTABLY);
  return path.find(({ loss }) => loss <= enough) ?? path[path.length - 1]!;
}

function strengthsOf(params: LinearParams, context: FitContext): readonly number[] {
  if (params.l2 > 0) return [params.l2];
  return context.validation.length > 0 ? STRENGTHS : [STRENGTHS[STRENGTHS.length >> 1]!];
}

function solve(
  problem: LinearProblem,
  l2: number,
  start: Float64Array,
  params: LinearParams,
  context: FitContext,
): Float64Array {
  const { maxSteps } = params;
  const { shouldStop } = context;
  const tolerance = problem.design.texts.length > 0 ? TEXT_TOLERANCE : TOLERANCE;
  const options = { maxSteps, gradientTolerance: 1e-5, valueTolerance: tolerance, shouldStop };
  return minimise(penalisedLoss(problem, l2), start, options).x;
}

/** Rows that a fit has time for. */
function mostRows({ features, texts }: LearnerData, outputs: number): number {
  const cells = features.columns.length * outputs;
  const inRow = (texts?.terms ?? []).reduce((sum, { terms, rows }) => sum + terms.length / rows, 0);
  const most = Math.min(MAX_CELLS / Math.max(1, cells), MAX_TERM_CELLS / Math.max(1, inRow * outputs));
  return Math.max(1000, Math.floor(most));
}

function sampleRows(rows: Int32Array, most: number, seed: number): Int32Array {
  if (rows.length <= most) return rows;
  return shuffle(rows.slice(), seededRandom(seed)).slice(0, most).sort();
}

function targetScale(objective: Objective, { target }: LearnerData, rows: Int32Array): TargetScale {
  if (objective.link !== 'identity') return { center: 0, scale: 1 };
  let sum = 0;
  for (const row of rows) sum += target[row]!;
  const center = sum / rows.length;
  let squares = 0;
  for (const row of rows) squares += (target[row]! - center) ** 2;
  return { center, scale: Math.sqrt(squares / rows.length) || 1 };
}

function problemOf(
  data: LearnerData,
  design: Design,
  objective: Objective,
  outputs: number,
  rows: Int32Array,
  { center, scale }: TargetScale,
): LinearProblem {
  return {
    design,
    matrix: layOut(design, data, rows),
    outputs,
    link: objective.link,
    target: Float64Array.from(rows, (row) => (data.target[row]! - center) / scale),
    weights: data.weights ? Float64Array.from(rows, (row) => data.weights![row]!) : null,
  };
}

/** Loss and margins of coefficients on the validation rows, in the unit of the target. */
function validation(
  data: LearnerData,
  design: Design,
  objective: Objective,
  outputs: number,
  rows: Int32Array,
  { center, scale }: TargetScale,
) {
  const matrix = layOut(design, data, rows);
  const target = Float64Array.from(rows, (row) => data.target[row]!);
  const weights = data.weights ? Float64Array.from(rows, (row) => data.weights![row]!) : undefined;
  const all = Int32Array.from(rows.keys());
  return (coefficients: Float64Array) => {
    const margins = new Float64Array(rows.length * outputs);
    const output = new Float64Array(rows.length);
    for (let k = 0; k < outputs; k++) {
      marginsOf(design, matrix, coefficients, k * design.width, output);
      for (let i = 0; i < output.length; i++) margins[i * outputs + k] = output[i]! * scale + center;
    }
    return { loss: objective.loss(margins, target, weights, all, outputs), margins };
  };
}
