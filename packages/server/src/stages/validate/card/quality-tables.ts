import { ownValue } from '@slipway/contract';
import { escapeMarkdown as text } from '../escape-markdown.ts';
import type { ColumnTerms } from '../explain/explanation.ts';
import { figure } from '../gates/figures.ts';
import type { DatasetReport, Interval, ValidationReport } from '../model.ts';
import { table } from './markdown.ts';

/** The figures of one dataset, in tables. */
export function qualitySections(report: ValidationReport, dataset: DatasetReport): string[] {
  const { name, rows, primary, baseline, champion } = dataset;
  const summary = `**${primary.metric} ${interval(primary)}** on ${rows} rows never trained on.`;
  return [
    `## Quality on ${text(name)}\n\n${summary}\n\n${metricTable(dataset)}\n\nBaseline: ${text(baseline.says)}.${champion ? ` Champion: version ${champion.version}.` : ''}`,
    classTable(dataset),
    reliabilityTable(report, dataset),
    residualTable(dataset),
    sliceTable(dataset),
  ];
}

function metricTable({ metrics, baseline, champion }: DatasetReport): string {
  const others = champion === null ? [baseline] : [baseline, champion];
  const heads = ['metric', 'model', 'baseline', 'champion'].slice(0, others.length + 2);
  const rows = Object.entries(metrics).map(([id, value]) => [
    id,
    figure(value),
    ...others.map((other) => {
      const known = ownValue(other.metrics, id);
      return known === undefined ? '' : figure(known);
    }),
  ]);
  return table(heads, rows);
}

function classTable({ classification }: DatasetReport): string {
  if (classification === null) return '';
  const rows = classification.perClass.map((one) => [
    text(one.class),
    String(one.rows),
    figure(one.precision),
    figure(one.recall),
    one.specificity === undefined ? '' : figure(one.specificity),
    one.npv === undefined ? '' : figure(one.npv),
    figure(one.f1),
  ]);
  const heads = ['class', 'rows', 'precision (PPV)', 'recall (sensitivity)', 'specificity', 'NPV', 'F1'];
  return `### By class\n\nEach class against all others.\n\n${table(heads, rows)}`;
}

function reliabilityTable({ task }: ValidationReport, { classification }: DatasetReport): string {
  if (classification === null) return '';
  const of = task === 'binary' ? 'the positive class' : 'the answered class';
  const rows = classification.reliability.map((bin) => [
    String(bin.rows),
    figure(bin.stated),
    `${figure(bin.observed)} (${figure(bin.low)} to ${figure(bin.high)})`,
  ]);
  return `### Calibration\n\nProbability of ${of}, in ranges of about equal numbers of rows.\n\n${table(['rows', 'stated', 'came true (95 % interval)'], rows)}`;
}

function residualTable({ residuals }: DatasetReport): string {
  if (residuals === null) return '';
  const rows = residuals.byPrediction.map((group) => [
    String(group.rows),
    figure(group.prediction),
    figure(group.truth),
    figure(group.rmse),
  ]);
  return `### Errors from high to low predictions\n\n${table(['rows', 'mean prediction', 'mean truth', 'RMSE'], rows)}`;
}

function sliceTable({ slices, slicesExamined }: DatasetReport): string {
  if (slices.length === 0) return '';
  const rows = slices.map((slice) => [
    `${text(slice.column)} ${text(slice.says)}`,
    String(slice.rows),
    figure(slice.loss),
    figure(slice.lossElsewhere),
    slice.clearlyWorse ? 'yes' : 'no',
  ]);
  return `### Where it errs most\n\nThe worst of ${slicesExamined} slices of at least 50 rows.\n\n${table(['slice', 'rows', 'loss', 'loss elsewhere', 'beyond chance'], rows)}`;
}

const RELIED_ON = 10;

/** What the model relies on, by one named measure. */
export function relianceSection({ explanation }: ValidationReport): string {
  if (explanation === undefined) return '';
  const { metric, rows, shuffles, columns } = explanation.importance;
  const shown = columns
    .slice(0, RELIED_ON)
    .map(({ column, rise, standardDeviation }) => [text(column), figure(rise), figure(standardDeviation)]);
  const loss = metric === 'rmse' ? 'RMSE' : 'log loss';
  const how = `Permutation importance: how much the ${loss} rises when a column is shuffled among ${rows} rows never trained on (mean of ${shuffles} shuffles). It says what the model relies on, not what causes the outcome.`;
  const found = table(['column', `rise of the ${loss}`, 'standard deviation'], shown);
  return `## What it relies on\n\n${how}\n\n${found}${termTables(explanation.terms ?? [])}`;
}

function termTables(terms: readonly ColumnTerms[]): string {
  return terms
    .map(({ column, outputs }) => {
      const rows = outputs.map(({ output, raise, lower }) =>
        [output, raise.join(', '), lower.join(', ')].map(text),
      );
      return `\n\n### Words of ${text(column)}\n\nThose that move the answers most.\n\n${table(['for', 'speak for it', 'speak against it'], rows)}`;
    })
    .join('');
}

function interval({ value, low, high }: Interval): string {
  return `${figure(value)} (95 % interval ${figure(low)} to ${figure(high)})`;
}
