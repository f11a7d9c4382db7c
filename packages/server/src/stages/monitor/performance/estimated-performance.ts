import { answeredClasses } from '../../train/index.ts';
import type { ReliabilityBin } from '../../validate/index.ts';
import type { EstimatedPerformance, EstimateOnLabels, ScoreBins } from '../model.ts';
import type { MonitorOptions } from '../options.ts';
import type { MonitoredModel } from '../ports.ts';
import { normalQuantile } from '../probability/index.ts';
import { addToBins, emptyBins } from '../score-bins.ts';
import { figure } from './describe-performance.ts';
import type { Labelled } from './label-join.ts';

/** Bins of the hold-out with fewer rows say too little to correct probabilities by. */
const LEAST_ROWS_PER_BIN = 50;
/** An estimate of accuracy that is off by less than this where labels are known is near enough. */
const MOST_GAP = 0.05;

type Model = Pick<MonitoredModel, 'task' | 'threshold' | 'costMatrix' | 'reliability'>;
type Options = Pick<MonitorOptions, 'minLabels' | 'alpha'>;

/**
 * Confidence-based performance estimation (NannyML's CBPE): a row stated at probability p is right with probability p,
 * so the expected confusion matrix, and what follows from it, needs no labels. Probabilities are first corrected by
 * the reliability seen on the hold-out. Holds while the relation of columns to target stays; a change of that relation
 * it cannot see. Null for regression and empty windows.
 */
export function estimatedPerformance(
  model: Model,
  bins: ScoreBins,
  labelled: Labelled,
  options: Options,
): EstimatedPerformance | null {
  const cells = expectedCells(model, bins);
  if (model.task === 'regression' || cells.length === 0) return null;
  const accuracy = expectedAccuracy(model, cells);
  const rocAuc = model.task === 'binary' ? expectedRocAuc(cells) : null;
  const onLabels =
    labelled.target.length >= options.minLabels ? checkOnLabels(model, labelled, options) : null;
  const gap = onLabels === null ? null : Math.abs(onLabels.estimated - onLabels.measured);
  const trusted = onLabels === null || !onLabels.wrong;
  return { accuracy, rocAuc, gap, onLabels, trusted, says: describe(accuracy, rocAuc, onLabels) };
}

/** A bin of scores: how many, what was stated, and how probable the stated event is. */
type Cell = { rows: number; stated: number; probability: number };

/** From the highest score down. */
function expectedCells({ reliability }: Model, { counts, sums }: ScoreBins): Cell[] {
  const correct = correction(reliability ?? []);
  return counts
    .map((rows, bin) => {
      const stated = rows === 0 ? 0 : sums[bin]! / rows;
      return { rows, stated, probability: correct(stated) };
    })
    .filter(({ rows }) => rows > 0)
    .reverse();
}

/** Straight lines through the bins of the reliability table; no change when a bin is too small. */
function correction(reliability: readonly ReliabilityBin[]): (stated: number) => number {
  const known = reliability.length > 1 && reliability.every((bin) => bin.rows >= LEAST_ROWS_PER_BIN);
  if (!known) return (stated) => stated;
  return (stated) => {
    const above = reliability.findIndex((bin) => bin.stated >= stated);
    if (above === 0) return reliability[0]!.observed;
    if (above === -1) return reliability.at(-1)!.observed;
    const [low, high] = [reliability[above - 1]!, reliability[above]!];
    return (
      low.observed + ((stated - low.stated) / (high.stated - low.stated)) * (high.observed - low.observed)
    );
  };
}

function expectedAccuracy({ task, threshold }: Model, cells: readonly Cell[]): number {
  let [rows, right] = [0, 0];
  for (const cell of cells) {
    const answeredOther = task === 'binary' && cell.stated < threshold;
    rows += cell.rows;
    right += cell.rows * (answeredOther ? 1 - cell.probability : cell.probability);
  }
  return right / rows;
}

function expectedRocAuc(cells: readonly Cell[]): number | null {
  let [positives, negatives, area] = [0, 0, 0];
  for (const { rows, probability } of cells) {
    const tied = rows * probability;
    area += (rows - tied) * (positives + tied / 2);
    positives += tied;
    negatives += rows - tied;
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : null;
}

/**
 * The estimate for the labelled predictions beside what their labels say: wrong when it is off by more than a tolerance,
 * and by more than chance explains at these numbers of labels and of the hold-out's rows.
 */
function checkOnLabels(model: Model, labelled: Labelled, { alpha }: Options): EstimateOnLabels {
  const { target, predictions, scores } = labelled;
  const bins = emptyBins();
  for (const score of scores) addToBins(bins, score);
  const cells = expectedCells(model, bins);
  const estimated = expectedAccuracy(model, cells);
  const answers = answeredClasses(predictions, model);
  const right = answers.reduce((sum, answer, row) => sum + (answer === target[row] ? 1 : 0), 0);
  const measured = right / target.length;
  const heldOutRows = (model.reliability ?? []).reduce((sum, { rows }) => sum + rows, 0);
  const variance =
    varianceOfRight(cells) + (heldOutRows === 0 ? 0 : (estimated * (1 - estimated)) / heldOutRows);
  const allowed = Math.max(MOST_GAP, normalQuantile(1 - alpha / 2) * Math.sqrt(variance));
  return { estimated, measured, allowed, wrong: Math.abs(estimated - measured) > allowed };
}

/** Of the share of right answers, when each row is right with its probability. */
function varianceOfRight(cells: readonly Cell[]): number {
  let [rows, variance] = [0, 0];
  for (const cell of cells) {
    rows += cell.rows;
    variance += cell.rows * cell.probability * (1 - cell.probability);
  }
  return variance / rows ** 2;
}

function describe(accuracy: number, rocAuc: number | null, onLabels: EstimateOnLabels | null): string {
  const figures = `estimated accuracy ${accuracy.toFixed(3)}${rocAuc === null ? '' : `, estimated ROC AUC ${rocAuc.toFixed(3)}`}`;
  if (onLabels === null) return `Without labels: ${figures}, if the columns still mean what they did.`;
  if (onLabels.wrong) return `${describeWrongEstimate(onLabels)} Do not rely on the ${figures}.`;
  const off = Math.abs(onLabels.estimated - onLabels.measured).toFixed(3);
  return `Without labels: ${figures}; on labelled predictions the estimate is off by ${off}.`;
}

/** 'The estimate of performance is wrong: …', the sentence of its alert. */
export function describeWrongEstimate({ estimated, measured }: EstimateOnLabels): string {
  const than = estimated > measured ? 'higher' : 'lower';
  return `The estimate of performance is wrong: the estimated accuracy of the labelled predictions is ${figure(estimated)}, ${than} than the ${figure(measured)} that their labels give.`;
}
