import { ownValue } from '@slipway/contract';
import type { DroppedColumn, InputColumn, LeakageSuspicion } from '../prepare/index.ts';
import { escapeMarkdown as text } from './escape-markdown.ts';
import type { ColumnTerms } from './explain/explanation.ts';
import { figure } from './gates/figures.ts';
import type { DatasetReport, Interval, ValidationReport, Verdict } from './model.ts';
import type { Skill } from './shift-report.ts';

/** What a card can tell. What is left out is not mentioned: a card holds facts only. */
export type CardFacts = {
  name: string;
  version: number;
  /** UTC ISO 8601. */
  createdAt: string;
  target: string;
  report: ValidationReport;
  dataset: { name: string; version: number; manifest?: string; rows?: number };
  split?: { train: number; holdout: number; says: string };
  learner?: string;
  params?: Readonly<Record<string, unknown>>;
  /** Which training rows were used or how they were weighted, in a sentence. */
  recency?: string;
  seed?: number;
  inputs?: readonly InputColumn[];
  /** What was found out about features made of the columns, in a sentence. */
  made?: string;
  dropped?: readonly DroppedColumn[];
  leakage?: readonly LeakageSuspicion[];
  /** Share of the model's reliance by column. */
  importance?: Readonly<Record<string, number>>;
  verdict?: Verdict;
  /** What was done to the data before, in one sentence each. */
  preparation?: readonly string[];
  owner?: string;
  intendedUse?: string;
  notIntendedUse?: string;
  licence?: string;
};

/** A model card as Markdown (Mitchell et al. 2019). Every text that came with the data is escaped, so it stays text. */
export function renderModelCard(facts: CardFacts): string {
  const sections = [
    heading(facts),
    useSection(facts),
    dataSection(facts),
    trainingSection(facts),
    inputSection(facts),
    ...facts.report.datasets.flatMap((dataset) => qualitySections(facts.report, dataset)),
    shiftSection(facts.report),
    relianceSection(facts.report),
    gateSection(facts),
    limitSection(facts),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** What is predicted, where it is no class. */
const KINDS: Partial<Record<ValidationReport['task'], string>> = {
  regression: 'a number',
  forecast: 'a number for each step ahead',
};

function heading({ name, version, target, report, createdAt }: CardFacts): string {
  const { task, classes } = report;
  const what = KINDS[task] ?? `one of ${classes.length} classes`;
  return `# ${text(name)}, version ${version}\n\nPredicts **${text(target)}** (${task}: ${what}). Made on ${text(createdAt)}.`;
}

function useSection({ owner, intendedUse, notIntendedUse, licence }: CardFacts): string {
  return section('Use', [
    fact('Owner', owner),
    fact('Intended for', intendedUse),
    fact('Not intended for', notIntendedUse),
    fact('Licence of the data', licence),
  ]);
}

function dataSection({ dataset, split, preparation }: CardFacts): string {
  return section('Data', [
    fact('Dataset', `${dataset.name}, version ${dataset.version}`),
    fact('Manifest', dataset.manifest),
    fact('Rows', dataset.rows),
    ...(preparation ?? []).map((sentence) => `- ${text(sentence)}`),
    split && `- Trained on ${split.train} rows, measured on ${split.holdout} others: ${text(split.says)}`,
  ]);
}

function trainingSection({ learner, params, recency, seed, report }: CardFacts): string {
  return section('Training', [
    fact('Learner', learner),
    params && fact('Parameters', JSON.stringify(params)),
    recency && `- ${text(recency)}`,
    fact('Seed', seed),
    report.task === 'binary' &&
      `- Answers the positive class from probability ${figure(report.threshold)} on`,
  ]);
}

function inputSection({ inputs, importance, made, dropped, leakage }: CardFacts): string {
  const share = (name: string) => {
    const known = ownValue(importance, name);
    return known === undefined ? '' : `${(known * 100).toFixed(1)} %`;
  };
  const rows = (inputs ?? []).map(({ name, type, nullable }) => [
    text(name),
    type,
    nullable ? 'yes' : 'no',
    share(name),
  ]);
  return section('Inputs', [
    rows.length > 0 && table(['column', 'type', 'may be missing', 'importance'], rows),
    made && `- ${text(made)}`,
    ...(dropped ?? []).map(({ name, says }) => `- Left out: ${text(name)}. ${text(says)}`),
    ...(leakage ?? []).map(({ says }) => `- Suspected leakage: ${text(says)}`),
  ]);
}

function qualitySections(report: ValidationReport, dataset: DatasetReport): string[] {
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

/** The inputs that shifted, the most severe first. */
const SHIFTED = 10;

function shiftSection({ shift, primaryMetric }: ValidationReport): string {
  if (shift === undefined) return '';
  const { rows, label, inputs, relation, champion, accepted } = shift;
  const shifted = inputs.columns.filter((one) => one.shifted).slice(0, SHIFTED);
  const onRows = ({ rows: count, primary }: Skill) => `${interval(primary)} on ${count} rows`;
  return section('Shift since the version before', [
    `- ${rows.appended} labelled rows came after the training of version ${champion}, beside ${rows.before} before`,
    `- Target: ${text(label.says)}`,
    inputs.broken !== null && `- Inputs: ${text(inputs.broken)}`,
    ...shifted.map(({ says }) => `- Input: ${text(says)}`),
    shifted.length === 0 && '- Inputs: no shift was found',
    relation !== null &&
      `- Version ${champion}: ${primaryMetric} ${onRows(relation.holdout)} of its own hold-out, ${onRows(relation.appended)} appended since`,
    accepted && '- The shift was accepted as intended: the recent rows decided',
  ]);
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
    figure(one.f1),
  ]);
  return `### By class\n\n${table(['class', 'rows', 'precision', 'recall', 'F1'], rows)}`;
}

function reliabilityTable({ task }: ValidationReport, { classification }: DatasetReport): string {
  if (classification === null) return '';
  const of = task === 'binary' ? 'the positive class' : 'the answered class';
  const rows = classification.reliability.map((bin) => [
    String(bin.rows),
    figure(bin.stated),
    `${figure(bin.observed)} (${figure(bin.low)} to ${figure(bin.high)})`,
  ]);
  return `### Calibration\n\nProbability of ${of}, in bins of equal size.\n\n${table(['rows', 'stated', 'came true (95 % interval)'], rows)}`;
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

function relianceSection({ explanation }: ValidationReport): string {
  if (explanation === undefined) return '';
  const { metric, rows, shuffles, columns } = explanation.importance;
  const shown = columns
    .slice(0, RELIED_ON)
    .map(({ column, rise, standardDeviation }) => [text(column), figure(rise), figure(standardDeviation)]);
  const how = `Rise of the ${metric === 'rmse' ? 'RMSE' : 'log loss'} when a column is shuffled among ${rows} rows never trained on (mean of ${shuffles} shuffles). It says what the model relies on, not what causes the outcome.`;
  const found = table(['column', 'rise', 'standard deviation'], shown);
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

function gateSection({ verdict }: CardFacts): string {
  if (verdict === undefined) return '';
  return section(
    'Gates',
    verdict.results.map(
      ({ id, passed, says }) => `- ${passed ? 'Holds' : '**Closed**'}, ${text(id)}: ${text(says)}`,
    ),
  );
}

const LIMITS: Partial<Record<ValidationReport['task'], string>> = {
  regression:
    '- Boosted trees do not extrapolate: beyond the range of the training data predictions level off.',
  forecast: '- A forecast carries on what was seen before: what never happened in the data is not expected.',
};

function limitSection({ report }: CardFacts): string {
  return section('Limits', [
    '- Quality was measured on rows like those it was trained on; monitoring tells when traffic differs.',
    LIMITS[report.task] ?? '- A class that training never saw cannot be answered.',
  ]);
}

function section(title: string, lines: readonly (string | false | undefined)[]): string {
  const told = lines.filter((line) => typeof line === 'string');
  return told.length === 0 ? '' : `## ${title}\n\n${joinLines(told)}`;
}

/** A table needs an empty line after it. */
function joinLines(lines: readonly string[]): string {
  return lines.reduce(
    (all, line) => (all === '' ? line : `${all}${all.endsWith('|') ? '\n\n' : '\n'}${line}`),
    '',
  );
}

function fact(label: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `- ${label}: ${text(String(value))}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

function interval({ value, low, high }: Interval): string {
  return `${figure(value)} (95 % interval ${figure(low)} to ${figure(high)})`;
}
