import { type Random, seededRandom, shuffle } from '../../../../kernel/index.ts';
import { OBJECTIVE_OF_TASK, type Objective, outputsOf } from '../../objectives/index.ts';
import type { Fit, FitContext, LearnerData } from '../learner.ts';
import { type Architecture, architectureOf, initialise } from './architecture.ts';
import { type InputPlan, type InputRows, layOutInputs, planInputs, widthOfNumbers } from './inputs.ts';
import { type AdamState, type MatrixKernels, openMatrixKernels } from './kernels/matrix-kernels.ts';
import type { NetworkParams } from './params.ts';
import { partOfNetwork } from './part-of-network.ts';
import { openPasses, type Passes } from './passes.ts';
import { scaleOf, type TargetScale } from './target-scale.ts';

/** Cells of the training inputs at most; of more rows a sample is learnt from. */
const MOST_CELLS = 12_000_000;

/** Steps that a fit takes when the number of passes is left to it. */
const USUAL_STEPS = 1500;

/** Passes at least and at most when their number is left to it. */
const PASSES = { least: 6, most: 40 };

/** Steps at least of a pass: smaller batches where rows are few. */
const STEPS_A_PASS = 20;

/** As Adam's authors have them, but a shorter memory for the second moment, as suits short fits (Holzmüller et al. 2024). */
const BETAS = { beta1: 0.9, beta2: 0.98 };
const EPSILON = 1e-8;

/**
 * Between these steps a fit measures what a step takes and then looks whether it has time for the least of passes. The
 * first steps, and what is laid out before them, are slow and say nothing of the rest.
 */
const MEASURED_STEPS = { from: 8, to: 32 };

/** Passes that a fit must have time for; with less it would only keep others waiting. */
const LEAST_PASSES = 3;

/** The step size ends at this share of what it was. */
const LAST_SHARE = 0.03;

/** A network being learnt. */
type Learning = {
  data: LearnerData;
  params: NetworkParams;
  context: FitContext;
  objective: Objective;
  outputs: number;
  random: Random;
  kernels: MatrixKernels;
  architecture: Architecture;
  passes: Passes;
  state: AdamState;
  scale: TargetScale;
  train: InputRows;
  target: Float64Array;
  weights: Float64Array | undefined;
  batch: BatchBuffers;
  steps: number;
  planned: number;
  /** Share of the time that was gone when the measured steps began. */
  spentBefore: number;
};

/** Of one batch: margins, what they should be, and their derivatives, output by output. */
type BatchBuffers = {
  rows: Int32Array;
  margins: Float64Array;
  target: Float64Array;
  weights: Float64Array;
  gradients: Float32Array[];
  hessians: Float32Array[];
};

/**
 * A multilayer perceptron with embeddings for categories, by Adam on small batches with dropout and decay. What is
 * judged and kept is a moving average of the weights (Polyak and Juditsky 1992), of the pass with the lowest validation
 * loss, so that a fit that is cut short is good as far as it came.
 */
export function fitNetwork(data: LearnerData, params: NetworkParams, context: FitContext): Fit {
  const plan = planInputs(data.features, context.rows);
  const learning = begin(data, params, context, plan);
  const { objective, outputs, state } = learning;
  const judge = judgeOf(learning, plan);
  const order = Int32Array.from({ length: learning.target.length }, (_, i) => i);
  const passes = passesFor(params, order.length, learning.passes.batch);
  learning.planned = passes * Math.ceil(order.length / learning.passes.batch);
  let best = {
    pass: 0,
    loss: Number.POSITIVE_INFINITY,
    weights: state.weights.slice(),
    margins: judge().margins,
  };
  const curve: number[] = [];
  let cutShort = false;
  for (let pass = 1; pass <= passes && !cutShort; pass++) {
    shuffle(order, learning.random);
    cutShort = !learnFrom(learning, order);
    const { loss, margins } = judge();
    if (context.validation.length > 0) curve.push(loss);
    const better = context.validation.length === 0 || loss < best.loss;
    if (better) best = { pass, loss, weights: state.average.slice(), margins };
    if (pass - best.pass >= params.patience || pass === params.stopAfter) break;
    if (context.isHopeless?.(curve)) break;
  }
  const part = partOfNetwork(best.weights, learning, plan);
  const importance = new Float64Array(data.features.columns.length);
  part.features.forEach((feature, i) => {
    importance[feature] = part.influence[i]!;
  });
  const base = new Array<number>(outputs).fill(0);
  return {
    model: { link: objective.link, outputs, base, trees: [], linear: [], parts: [part] },
    validationMargins: best.margins,
    curve,
    importance,
    settled: {
      ...params,
      epochs: passes,
      stopAfter: Math.max(1, best.pass),
    },
    cutShort,
    hopeless: cutShort && learning.steps <= MEASURED_STEPS.to && learning.steps < learning.planned,
  };
}

function begin(data: LearnerData, params: NetworkParams, context: FitContext, plan: InputPlan): Learning {
  const random = seededRandom(context.seed);
  const objective = OBJECTIVE_OF_TASK[data.task];
  const outputs = outputsOf(data);
  const kernels = openMatrixKernels();
  const architecture = architectureOf(widthOfNumbers(plan), plan.levels, outputs, params);
  const most = Math.max(1000, Math.floor(MOST_CELLS / architecture.input));
  const rows =
    context.rows.length <= most
      ? context.rows
      : shuffle(context.rows.slice(), random).subarray(0, most).sort();
  const batch = Math.max(16, Math.min(params.batch, Math.ceil(rows.length / STEPS_A_PASS)));
  const scale = scaleOf(objective, data, rows);
  const floats = () => kernels.floats(architecture.size);
  const state = {
    weights: floats(),
    gradients: floats(),
    first: floats(),
    second: floats(),
    average: floats(),
  };
  const base = scale.scale === 1 ? objective.base(data.target, data.weights, rows, outputs) : [0];
  initialise(architecture, state.weights, base, random);
  state.average.set(state.weights);
  return {
    data,
    params,
    context,
    objective,
    outputs,
    random,
    kernels,
    architecture,
    passes: openPasses(kernels, architecture, batch),
    state,
    scale,
    train: layOutInputs(plan, data.features, rows),
    target: Float64Array.from(rows, (row) => (data.target[row]! - scale.center) / scale.scale),
    weights: data.weights && relativeWeights(data.weights, rows),
    batch: batchBuffers(batch, outputs),
    steps: 0,
    planned: 1,
    spentBefore: 0,
  };
}

/** Weights that are 1 on average, so that the step size means the same whatever their unit. */
function relativeWeights(weights: Float64Array, rows: Int32Array): Float64Array {
  const own = Float64Array.from(rows, (row) => weights[row]!);
  const mean = own.reduce((sum, weight) => sum + weight, 0) / own.length;
  return own.map((weight) => weight / mean);
}

function batchBuffers(batch: number, outputs: number): BatchBuffers {
  return {
    rows: Int32Array.from({ length: batch }, (_, i) => i),
    margins: new Float64Array(batch * outputs),
    target: new Float64Array(batch),
    weights: new Float64Array(batch),
    gradients: Array.from({ length: outputs }, () => new Float32Array(batch)),
    hessians: Array.from({ length: outputs }, () => new Float32Array(batch)),
  };
}

function passesFor({ epochs }: NetworkParams, rows: number, batch: number): number {
  if (epochs > 0) return epochs;
  const passes = Math.round((USUAL_STEPS * batch) / rows);
  return Math.max(PASSES.least, Math.min(PASSES.most, passes));
}

/** One pass over the rows in the given order. Whether it came to its end before time was up. */
function learnFrom(learning: Learning, order: Int32Array): boolean {
  const { batch } = learning.passes;
  const stepsInPass = Math.ceil(order.length / batch);
  for (let from = 0; from < order.length; from += batch) {
    if (learning.context.shouldStop() || !hasTime(learning, stepsInPass)) return false;
    learnBatch(learning, order.subarray(from, from + batch), stepsInPass);
  }
  return true;
}

/** Whether there is time to learn anything. The averaged weights make do with whatever more there is. */
function hasTime(learning: Learning, stepsInPass: number): boolean {
  const { steps, context } = learning;
  const { from, to } = MEASURED_STEPS;
  if (context.spent === undefined || (steps !== from && steps !== to)) return true;
  const spent = context.spent();
  if (steps === from) {
    learning.spentBefore = spent;
    return true;
  }
  const perStep = (spent - learning.spentBefore) / (to - from);
  return steps + (1 - spent) / perStep >= LEAST_PASSES * stepsInPass;
}

function learnBatch(learning: Learning, chosen: Int32Array, stepsInPass: number): void {
  const { passes, state, train, params, random, kernels } = learning;
  const { dropout, stepSize, weightDecay } = params;
  const count = chosen.length;
  passes.forward(state.weights, train, chosen, count, dropout, random);
  setMarginGradient(learning, chosen);
  passes.backward(state.weights, state.gradients, train, chosen, count, dropout);
  learning.steps++;
  const { steps, planned } = learning;
  const size = stepSize * Math.min(1, steps / stepsInPass) * cosine(steps / planned);
  const unbiased = Math.sqrt(1 - BETAS.beta2 ** steps) / (1 - BETAS.beta1 ** steps);
  kernels.adam(state, {
    ...BETAS,
    rate: size * unbiased,
    epsilon: EPSILON,
    decay: size * weightDecay,
    follow: Math.max(1 / (steps + 1), 1 / stepsInPass),
  });
}

function cosine(share: number): number {
  return LAST_SHARE + (1 - LAST_SHARE) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, share)));
}

/** The mean loss over the batch by each margin. */
function setMarginGradient(
  { objective, outputs, passes, target, weights, batch }: Learning,
  chosen: Int32Array,
): void {
  const count = chosen.length;
  const { columns, margins, marginGradient } = passes;
  for (let i = 0; i < count; i++) {
    batch.target[i] = target[chosen[i]!]!;
    batch.weights[i] = weights ? weights[chosen[i]!]! : 1;
    for (let k = 0; k < outputs; k++) batch.margins[i * outputs + k] = margins[i * columns + k]!;
  }
  const rows = batch.rows.subarray(0, count);
  objective.derivatives(batch.margins, batch.target, batch.weights, rows, batch.gradients, batch.hessians);
  marginGradient.fill(0);
  for (let k = 0; k < outputs; k++) {
    const gradient = batch.gradients[k]!;
    for (let i = 0; i < count; i++) marginGradient[i * columns + k] = gradient[i]! / count;
  }
}

/** A function that says how good the averaged weights are on the validation rows, and their margins. */
function judgeOf(learning: Learning, plan: InputPlan) {
  const { data, context, objective, outputs, passes, state, scale, random } = learning;
  const { validation } = context;
  const inputs = layOutInputs(plan, data.features, validation);
  const target = Float64Array.from(validation, (row) => data.target[row]!);
  const weights = data.weights && Float64Array.from(validation, (row) => data.weights![row]!);
  const all = Int32Array.from(validation.keys());
  return () => {
    const margins = new Float64Array(validation.length * outputs);
    for (let from = 0; from < all.length; from += passes.batch) {
      const chosen = all.subarray(from, from + passes.batch);
      passes.forward(state.average, inputs, chosen, chosen.length, 0, random);
      for (let i = 0; i < chosen.length; i++) {
        for (let k = 0; k < outputs; k++) {
          const margin = passes.margins[i * passes.columns + k]!;
          margins[(from + i) * outputs + k] = margin * scale.scale + scale.center;
        }
      }
    }
    const loss = all.length > 0 ? objective.loss(margins, target, weights, all, outputs) : 0;
    return { loss, margins };
  };
}
