import { seededRandom } from '../../../../kernel/index.ts';
import type { DenseInputs, Neighbours, Part } from '../../model.ts';
import { OBJECTIVE_OF_TASK, outputsOf } from '../../objectives/index.ts';
import { denseWidth } from '../../parts/dense-inputs.ts';
import { influenceOf } from '../../parts/influence.ts';
import { marginsOfMeans } from '../../parts/margins-of-means.ts';
import { LEAST_BANDWIDTH } from '../../parts/neighbour-means.ts';
import { fitNumbers } from '../dense.ts';
import type { Fit, FitContext, LearnerData } from '../learner.ts';
import { addVote, meanVote } from '../votes.ts';
import { NEIGHBOURHOODS, type NeighboursParams } from './params.ts';
import { codedLevels, correlationRatios } from './relevance.ts';
import { denseRows, rowsToRemember } from './remember.ts';

/** Share that each class is given at least. */
const FLOOR = 1e-3;

/** Inputs are stretched by this at least: what says nothing alone may say something with others. */
const LEAST_STRETCH = 0.02;

/** Validation rows between two looks at the clock. */
const ROWS_A_LOOK = 256;

/**
 * Weighted nearest neighbours (Fix and Hodges 1951; Epanechnikov's kernel of adaptive width) among a sample of the
 * rows. Numbers are scaled robustly and stretched by what each tells of the target, categories stand for the mean of
 * the target at their levels.
 */
export function fitNeighbours(data: LearnerData, params: NeighboursParams, context: FitContext): Fit {
  const { link, loss } = OBJECTIVE_OF_TASK[data.task];
  const outputs = outputsOf(data);
  const inputs = inputsFor(data, params, context.rows, outputs);
  const most = Math.max(2, Math.floor(params.cells / Math.max(1, denseWidth(inputs))));
  const rows = rowsToRemember(context.rows, data.weights, most, seededRandom(context.seed));
  const memory: Memory = {
    points: denseRows(inputs, data.features, rows),
    says: votesOf(data, rows, outputs),
    prior: meanVote(data.target, data.weights, context.rows, outputs),
    priorWeight: params.priorWeight,
    floor: link === 'identity' ? 0 : FLOOR,
  };
  const tried = neighbourhoodsFor(params, context, rows.length);
  const judged = judge(data, inputs, memory, tried, context);
  const all = Int32Array.from(context.validation.keys());
  const target = Float64Array.from(context.validation, (row) => data.target[row]!);
  const weights = data.weights && Float64Array.from(context.validation, (row) => data.weights![row]!);
  const losses = judged.margins.map((margins) => loss(margins, target, weights, all, outputs));
  const best = losses.reduce((least, value, i) => (value < losses[least]! ? i : least), 0);
  const part = partOf(inputs, memory, tried[best]!, data, context);
  const base = new Array<number>(outputs).fill(0);
  return {
    model: { link, outputs, base, trees: [], linear: [], parts: [part] },
    validationMargins: judged.margins[best]!,
    curve: context.validation.length > 0 ? losses : [],
    importance: importanceOf(part, data.features.columns.length),
    settled: { ...params, k: tried[best]! },
    cutShort: judged.cutShort,
  };
}

/** The remembered rows. */
type Memory = Pick<Neighbours, 'priorWeight' | 'floor'> & Record<'points' | 'says' | 'prior', Float64Array>;

function inputsFor(
  data: LearnerData,
  { relevance }: NeighboursParams,
  rows: Int32Array,
  outputs: number,
): DenseInputs {
  const ratios = correlationRatios(data, rows, outputs);
  const stretch = (feature: number) => Math.max(LEAST_STRETCH, ratios[feature]! ** relevance);
  const numbers = fitNumbers(data.features, rows).map((number) => ({
    ...number,
    scale: number.scale / stretch(number.feature),
  }));
  const categories = data.features.columns.flatMap((_, feature) => {
    if (data.features.levels[feature] === 0) return [];
    const coded = codedLevels(data, data.features, feature, rows, outputs);
    // The coded levels spread as widely as the ratio is large.
    const factor = stretch(feature) / Math.max(LEAST_STRETCH, ratios[feature]!);
    return [{ feature, rows: coded.map((row) => row.map((value) => value * factor)) }];
  });
  return { numbers, categories };
}

function votesOf({ target }: LearnerData, rows: Int32Array, outputs: number): Float64Array {
  const says = new Float64Array(rows.length * outputs);
  rows.forEach((row, i) => {
    addVote(target, row, 1, says, i * outputs, outputs);
  });
  return says;
}

/** Numbers of neighbours to try, each less than the rows remembered. */
function neighbourhoodsFor({ k }: NeighboursParams, { validation }: FitContext, rows: number): number[] {
  const possible = (count: number) => Math.max(1, Math.min(count, rows - 1));
  if (k > 0) return [possible(k)];
  if (validation.length === 0) return [possible(NEIGHBOURHOODS[2])];
  return [...new Set(NEIGHBOURHOODS.map(possible))];
}

/** Margins of the validation rows for each neighbourhood tried. */
function judge(
  data: LearnerData,
  inputs: DenseInputs,
  memory: Memory,
  tried: readonly number[],
  context: FitContext,
) {
  const { link } = OBJECTIVE_OF_TASK[data.task];
  const outputs = memory.prior.length;
  const { validation } = context;
  const margins = tried.map(() => new Float64Array(validation.length * outputs));
  const distances = new Float64Array(memory.says.length / outputs);
  let cutShort = false;
  for (let from = 0; from < validation.length; from += ROWS_A_LOOK) {
    cutShort ||= context.shouldStop();
    const rows = validation.subarray(from, from + ROWS_A_LOOK);
    const dense = denseRows(inputs, data.features, rows);
    const width = dense.length / rows.length;
    for (let i = 0; i < rows.length; i++) {
      const at = (from + i) * outputs;
      // Out of time, the rest is answered with what all rows say.
      if (cutShort) distances.fill(0);
      else fillDistances(memory.points, dense.subarray(i * width, (i + 1) * width), distances);
      const sorted = distances.slice().sort();
      tried.forEach((k, t) => {
        meanNearby(memory, distances, sorted[k]! + LEAST_BANDWIDTH, margins[t]!, at);
        marginsOfMeans(link, memory.floor, margins[t]!, at, outputs);
      });
    }
  }
  return { margins, cutShort };
}

function fillDistances(points: Float64Array, x: Float64Array, distances: Float64Array): void {
  const width = x.length;
  for (let row = 0, at = 0; row < distances.length; row++, at += width) {
    let sum = 0;
    for (let i = 0; i < width; i++) {
      const difference = points[at + i]! - x[i]!;
      sum += difference * difference;
    }
    distances[row] = sum;
  }
}

function meanNearby(
  { says, prior, priorWeight }: Memory,
  distances: Float64Array,
  bandwidth: number,
  into: Float64Array,
  at: number,
): void {
  const outputs = prior.length;
  let mass = priorWeight;
  for (let k = 0; k < outputs; k++) into[at + k] = priorWeight * prior[k]!;
  for (let row = 0; row < distances.length; row++) {
    const counts = 1 - distances[row]! / bandwidth;
    if (counts <= 0) continue;
    mass += counts;
    for (let k = 0; k < outputs; k++) into[at + k]! += counts * says[row * outputs + k]!;
  }
  for (let k = 0; k < outputs; k++) into[at + k]! /= mass;
}

/** The part, its inputs naming features by their place in its own list. */
function partOf(
  { numbers, categories }: DenseInputs,
  memory: Memory,
  k: number,
  data: LearnerData,
  context: FitContext,
): Part {
  const { link } = OBJECTIVE_OF_TASK[data.task];
  const features = [...numbers, ...categories].map(({ feature }) => feature);
  const placed = <Input extends { feature: number }>(input: Input) => ({
    ...input,
    feature: features.indexOf(input.feature),
  });
  const part: Part = {
    kind: 'neighbours',
    weight: 1,
    features,
    influence: features.map(() => 0),
    inputs: { numbers: numbers.map(placed), categories: categories.map(placed) },
    k,
    points: Array.from(memory.points),
    says: Array.from(memory.says),
    prior: Array.from(memory.prior),
    priorWeight: memory.priorWeight,
    floor: memory.floor,
  };
  return { ...part, influence: influenceOf(part, link, memory.prior.length, data.features, context) };
}

function importanceOf({ features, influence }: Part, count: number): Float64Array {
  const importance = new Float64Array(count);
  features.forEach((feature, i) => {
    importance[feature] = influence[i]!;
  });
  return importance;
}
