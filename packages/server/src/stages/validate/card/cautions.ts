import type { InputColumn } from '../../prepare/index.ts';
import { escapeMarkdown as text } from '../escape-markdown.ts';
import type { DatasetReport, GroupReport, ValidationReport } from '../model.ts';
import { count, ofHundred } from './in-words.ts';
import { section } from './markdown.ts';
import type { Population } from './population.ts';

const MOST_NAMED = 6;
/** A class with fewer rows in the hold-out is hardly measured. */
const FEW_ROWS = 30;

type Cautions = {
  report: ValidationReport;
  population?: Population | undefined;
  inputs?: readonly InputColumn[] | undefined;
  notIntendedUse?: string | undefined;
};

/** Where the model should not be used, or only with care: what it never saw, where it errs most, what was too little to judge. */
export function cautionSection({ report, population, inputs, notIntendedUse }: Cautions): string {
  const holdout = report.datasets[0]!;
  return section('Where not to use it, or only with care', [
    notIntendedUse && `- ${text(notIntendedUse)}`,
    outsideRanges(population),
    alwaysThere(inputs, population),
    ...weakSlices(holdout, report),
    ...(holdout.groups ?? []).flatMap(unequalGroups),
    ...(holdout.groups ?? []).map(smallGroups),
    fewOfClass(holdout),
    '- What would happen if a value were changed: it knows what goes together in the data, not what causes what.',
    OF_TASK[report.task] ?? '- A class that is not in its training data: it can only answer those it knows.',
  ]);
}

const OF_TASK: Partial<Record<ValidationReport['task'], string>> = {
  regression:
    '- Targets beyond the range of the training data: predictions of boosted trees level off there.',
  forecast: '- Something new: it carries on what was seen before.',
};

function outsideRanges(population: Population | undefined): string | undefined {
  const ranges = (population?.columns ?? []).filter(({ range }) => range !== undefined).slice(0, MOST_NAMED);
  if (ranges.length === 0) return undefined;
  const told = ranges.map(
    ({ column, range }) => `${text(column)} below ${range!.low} or above ${range!.high}`,
  );
  return `- Rows with values that it never saw: ${told.join(', ')}, or categories that the training rows lack.`;
}

function alwaysThere(
  inputs: readonly InputColumn[] = [],
  population: Population | undefined,
): string | undefined {
  const full = new Set(
    (population?.columns ?? []).filter(({ missing }) => missing === 0).map(({ column }) => column),
  );
  const names = inputs
    .filter(({ name, nullable }) => !nullable && full.has(name))
    .map(({ name }) => text(name));
  if (names.length === 0) return undefined;
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `- Rows without a value for ${names.slice(0, MOST_NAMED).join(', ')}${more}: every training row had them.`;
}

function weakSlices({ slices }: DatasetReport, { task }: ValidationReport): string[] {
  const metric = task === 'regression' ? 'rmse' : 'accuracy';
  const worse = slices.filter(({ clearlyWorse }) => clearlyWorse);
  const isFirst = (slice: (typeof slices)[number], i: number) =>
    worse.findIndex(({ rows, loss }) => rows === slice.rows && loss === slice.loss) === i;
  return worse
    .filter(isFirst)
    .slice(0, 3)
    .map(({ column, says, rows, metrics, loss, lossElsewhere }) => {
      const own = metrics[metric];
      const right =
        metric === 'accuracy' && own !== undefined ? `, ${ofHundred(own)} of 100 answers right` : '';
      return `- Rows in which ${text(column)} ${inWords(says)}: it errs clearly more there (${(loss / lossElsewhere).toFixed(1)} times the loss of other rows, ${count(rows)} rows${right}).`;
    });
}

function inWords(says: string): string {
  const value = /^= (.*)$/s.exec(says)?.[1];
  return text(value === undefined ? (says === 'is missing' ? says : `is ${says}`) : `is ${value}`);
}

const RATES = new Map(
  Object.entries({
    'selection-rate-difference': 'the share of positive answers',
    'true-positive-rate-difference': 'the share of positives that it finds',
    'false-positive-rate-difference': 'the share of false alarms',
    'calibration-difference': 'how far probabilities are off',
    'accuracy-difference': 'the share of right answers',
  }),
);

function unequalGroups({ column, gaps }: GroupReport): string[] {
  const told = Object.entries(gaps).flatMap(([name, { value, low, between }]) => {
    const what = RATES.get(name);
    return what === undefined || low <= 0
      ? []
      : [`${what} differs by ${ofHundred(value)} points between ${text(between[0])} and ${text(between[1])}`];
  });
  return told.length === 0
    ? []
    : [`- Decisions that must treat groups of ${text(column)} alike: ${told.join('; ')}.`];
}

function smallGroups({ column, groups }: GroupReport): string | undefined {
  const small = groups.filter(({ compared }) => !compared);
  if (small.length === 0) return undefined;
  const names = small.slice(0, MOST_NAMED).map(({ value, rows }) => `${text(value)} (${count(rows)} rows)`);
  return `- These groups of ${text(column)}, of which there were too few rows to judge: ${names.join(', ')}.`;
}

function fewOfClass({ classification }: DatasetReport): string | undefined {
  const few = (classification?.perClass ?? []).filter(({ rows }) => rows < FEW_ROWS).slice(0, MOST_NAMED);
  if (few.length === 0) return undefined;
  const names = few.map(({ class: name, rows }) => `${text(name)} (${count(rows)} rows)`);
  return `- ${names.join(', ')}: so few rows of the hold-out are of ${few.length === 1 ? 'this class' : 'these classes'} that the figures on ${few.length === 1 ? 'it' : 'them'} are rough.`;
}
