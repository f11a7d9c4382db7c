import type { ReliabilityBin } from '../validate/index.ts';
import type { Labelled } from './label-join.ts';
import type { EstimatedPerformance, ScoreBins } from './model.ts';
import type { MonitorOptions } from './options.ts';
import type { MonitoredModel } from './ports.ts';
import { addToBins, emptyBins } from './score-bins.ts';

/** Bins of the hold-out with fewer rows say too little to correct probabilities by. */
const LEAST_ROWS_PER_BIN = 50;
/** An estimate of accuracy that is further off than this where labels are known is not shown as a figure to rely on. */
const MOST_GAP = 0.05;

type Model = Pick<MonitoredModel, 'task' | 'threshold' | 'reliability'>;

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
  { minLabels }: Pick<MonitorOptions, 'minLabels'>,
): EstimatedPerformance | null {
  const cells = expectedCells(model, bins);
  if (model.task === 'regression' || cells.length === 0) return null;
  const accuracy = expectedAccuracy(model, cells);
  const rocAuc = model.task === 'binary' ? expectedRocAuc(cells) : null;
  const gap = labelled.target.length >= minLabels ? gapOnLabels(model, labelled) : null;
  const trusted = gap === null || gap <= MOST_GAP;
  return { accuracy, rocAuc, gap, trusted, says: describe(accuracy, rocAuc, gap, trusted) };
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

function gapOnLabels(model: Model, { target, predictions, scores }: Labelled): number {
  const bins = emptyBins();
  for (const score of scores) addToBins(bins, score);
  const estimated = expectedAccuracy(model, expectedCells(model, bins));
  const right = target.reduce((sum, truth, row) => sum + (answer(row) === truth ? 1 : 0), 0);
  return Math.abs(estimated - right / target.length);

  function answer(row: number): number {
    const { outputs, values } = predictions;
    if (outputs === 1) return values[row]! >= model.threshold ? 1 : 0;
    const own = values.subarray(row * outputs, (row + 1) * outputs);
    return own.indexOf(Math.max(...own));
  }
}

function describe(accuracy: number, rocAuc: number | null, gap: number | null, trusted: boolean): string {
  const figures = `estimated accuracy ${accuracy.toFixed(3)}${rocAuc === null ? '' : `, estimated ROC AUC ${rocAuc.toFixed(3)}`}`;
  if (gap === null) return `Without labels: ${figures}, if the columns still mean what they did.`;
  const off = `on labelled rows the estimate is off by ${gap.toFixed(3)}`;
  return trusted ? `Without labels: ${figures}; ${off}.` : `The ${figures} cannot be relied on: ${off}.`;
}
