import { ownValue } from '@slipway/contract';
import { escapeMarkdown as text } from '../escape-markdown.ts';
import type { ClassificationDetail, DatasetReport, ReliabilityBin, ValidationReport } from '../model.ts';
import { amount, count, ofHundred, percent, shareInWords } from './in-words.ts';
import { section } from './markdown.ts';

/** How well the model does on the hold-out, in sentences that take no statistics to read. */
export function qualityInWords(target: string, report: ValidationReport): string {
  const holdout = report.datasets[0]!;
  const told = OF_TASK[report.task](holdout, report, text(target));
  const measured = `Measured on ${count(holdout.rows)} rows that the model was not trained on.`;
  return section('How well it does', [measured, ...told]);
}

type InWords = (dataset: DatasetReport, report: ValidationReport, target: string) => string[];

const OF_TASK: Record<ValidationReport['task'], InWords> = {
  binary: ofBinary,
  multiclass: ofClasses,
  regression: ofNumbers,
  forecast: ofForecast,
};

function ofBinary(dataset: DatasetReport, report: ValidationReport, target: string): string[] {
  const { classification, metrics, primary } = dataset;
  if (classification === null) return [];
  const [no, yes] = report.classes.map(text) as [string, string];
  const [[tn, fp], [fn, tp]] = classification.confusion.counts as [[number, number], [number, number]];
  const auc = metrics['roc-auc'];
  const spread =
    primary.metric === 'roc-auc'
      ? ` (95 % interval ${ofHundred(primary.low)} to ${ofHundred(primary.high)})`
      : '';
  return [
    tp + fn > 0
      ? `- Of 100 rows whose ${target} is ${yes}, it finds ${shareInWords(tp, tp + fn)} and misses the others (sensitivity).`
      : `- No row of the hold-out had ${yes}, so nothing is known of how many it finds.`,
    tn + fp > 0
      ? `- Of 100 rows whose ${target} is ${no}, it answers ${no} for ${shareInWords(tn, tn + fp)}; the others are false alarms (specificity).`
      : `- No row of the hold-out had ${no}.`,
    tp + fp > 0
      ? `- Of 100 rows for which it answers ${yes}, ${shareInWords(tp, tp + fp)} are ${yes} (positive predictive value).`
      : `- It answered ${yes} for no row of the hold-out.`,
    tn + fn > 0
      ? `- Of 100 rows for which it answers ${no}, ${shareInWords(tn, tn + fn)} are ${no} (negative predictive value).`
      : `- It answered ${no} for no row of the hold-out.`,
    `- In these rows ${shareInWords(tp + fn, dataset.rows)} of 100 are ${yes}. Where that share differs, so do the last two figures.`,
    auc === undefined
      ? ''
      : `- Of a row with ${yes} and one with ${no}, it gives the first the higher probability in ${ofHundred(auc)} of 100 pairs${spread} (ROC AUC; 50 is guessing).`,
    comparedWithMostFrequent(dataset),
    ...calibrationInWords(classification, dataset.rows, yes),
  ].filter((line) => line !== '');
}

function ofClasses(dataset: DatasetReport, report: ValidationReport, target: string): string[] {
  const { classification } = dataset;
  if (classification === null) return [];
  const { counts } = classification.confusion;
  const right = counts.reduce((sum, row, k) => sum + row[k]!, 0);
  return [
    `- It is right about ${target} for ${shareInWords(right, dataset.rows)} of 100 rows.`,
    comparedWithMostFrequent(dataset),
    ...extremes(classification),
    confusedMost(counts, report.classes),
    ...answeredCalibration(classification.reliability, dataset.rows),
  ].filter((line) => line !== '');
}

function extremes({ perClass }: ClassificationDetail): string[] {
  const ranked = perClass.filter(({ rows }) => rows > 0).toSorted((a, b) => a.recall - b.recall);
  if (ranked.length < 2) return [];
  const say = ({ class: name, rows, recall }: (typeof ranked)[number]) =>
    `${text(name)}: of 100 such rows it finds ${shareInWords(Math.round(recall * rows), rows)}, of ${count(rows)} rows`;
  return [`- Hardest class: ${say(ranked[0]!)}.`, `- Easiest class: ${say(ranked.at(-1)!)}.`];
}

function confusedMost(counts: readonly number[][], classes: readonly string[]): string {
  let most = { truth: 0, answer: 0, rows: 0 };
  counts.forEach((row, truth) => {
    row.forEach((rows, answer) => {
      if (truth !== answer && rows > most.rows) most = { truth, answer, rows };
    });
  });
  if (most.rows === 0) return '';
  const [truth, answer] = [text(classes[most.truth]!), text(classes[most.answer]!)];
  return `- Its most frequent mistake is to answer ${answer} where it is ${truth} (${count(most.rows)} rows).`;
}

function ofNumbers(dataset: DatasetReport, _: ValidationReport, target: string): string[] {
  const { metrics, residuals, baseline } = dataset;
  const told: string[] = [];
  const { mae, r2 } = metrics;
  const half = metrics['median-absolute-error'];
  if (mae !== undefined) {
    const without = ownValue(baseline.metrics, 'mae');
    const saved =
      without === undefined
        ? ''
        : ` Without a model (${text(baseline.says)}) it would be ${amount(without)}.`;
    told.push(
      `- Predictions of ${target} are off by ${amount(mae)} on average (MAE, in the unit of ${target}).${saved}`,
    );
  }
  if (half !== undefined) told.push(`- Half of them are off by less than ${amount(half)}.`);
  if (residuals !== null) {
    const [, low, , , , high] = residuals.quantiles as [number, number, number, number, number, number];
    told.push(
      `- In 9 of 10 rows the actual value was between ${amount(Math.abs(low))} ${low < 0 ? 'below' : 'above'} and ${amount(Math.abs(high))} ${high < 0 ? 'below' : 'above'} the prediction.`,
    );
    if (mae !== undefined && Math.abs(residuals.mean) > mae / 4)
      told.push(
        `- Predictions are too ${residuals.mean > 0 ? 'low' : 'high'} by ${amount(Math.abs(residuals.mean))} on average.`,
      );
  }
  if (r2 !== undefined)
    told.push(`- It explains ${percent(Math.max(0, r2))} of how ${target} varies between rows (R²).`);
  return told;
}

function ofForecast(dataset: DatasetReport): string[] {
  const { baseline, metrics } = dataset;
  const { value, low, high } = baseline.difference;
  const say = (share: number) => `${ofHundred(Math.abs(share))} % ${share < 0 ? 'more' : 'less'}`;
  const scaled = metrics.mase === undefined ? '' : ` (MASE ${amount(metrics.mase)})`;
  return [
    `- Its errors are ${say(value)} than those of the baseline${scaled}, 95 % interval from ${say(low)} to ${say(high)}. The baseline: ${text(baseline.says)}.`,
    ...coverage(dataset),
  ];
}

/** Of intervals, over all steps. */
function coverage({ forecast }: DatasetReport): string[] {
  const steps = forecast?.steps ?? [];
  const levels = [...new Set(steps.flatMap((step) => Object.keys(step.coverage)))];
  return levels.map((level) => {
    const held = steps.flatMap((step) => ownValue(step.coverage, level) ?? []);
    const mean = held.reduce((sum, share) => sum + share, 0) / held.length;
    return `- Its ${percent(Number(level))} intervals held the actual value in ${ofHundred(mean)} of 100 cases.`;
  });
}

function comparedWithMostFrequent({ metrics, rows, classification }: DatasetReport): string {
  const own = metrics.accuracy;
  const most = classification?.perClass.toSorted((a, b) => b.rows - a.rows)[0];
  if (own === undefined || most === undefined) return '';
  return `- All in all ${ofHundred(own)} of 100 answers are right; always answering ${text(most.class)} would be right for ${ofHundred(most.rows / rows)}.`;
}

/** Whether a stated probability can be taken at its word. */
function calibrationInWords({ reliability }: ClassificationDetail, rows: number, yes: string): string[] {
  if (reliability.length === 0) return [];
  const stated = reliability.reduce((sum, bin) => sum + bin.rows * bin.stated, 0) / rows;
  const came = Math.round(reliability.reduce((sum, bin) => sum + bin.rows * bin.observed, 0));
  const off = reliability.filter((bin) => bin.stated < bin.low || bin.stated > bin.high);
  const top = reliability.at(-1)!;
  const verdict =
    off.length <= Math.max(1, reliability.length / 10)
      ? 'Its probabilities can be taken at their word within what these rows can show'
      : `Its probabilities are off in ${off.length} of ${reliability.length} ranges (see Calibration)`;
  return [
    `- ${verdict}: on average it states ${percent(stated)} for ${yes}, and ${shareInWords(came, rows)} of 100 are. Where it states most, about ${percent(top.stated)}, ${ofHundred(top.observed)} of 100 are ${yes} (95 % interval ${ofHundred(top.low)} to ${ofHundred(top.high)}, ${count(top.rows)} rows).`,
  ];
}

function answeredCalibration(bins: readonly ReliabilityBin[], rows: number): string[] {
  if (bins.length === 0) return [];
  const mean = (of: (bin: ReliabilityBin) => number) =>
    bins.reduce((sum, bin) => sum + bin.rows * of(bin), 0) / rows;
  return [
    `- On average it gives its answer a probability of ${percent(mean((bin) => bin.stated))}, and ${ofHundred(mean((bin) => bin.observed))} of 100 answers are right.`,
  ];
}
