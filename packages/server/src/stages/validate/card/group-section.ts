import { escapeMarkdown as text } from '../escape-markdown.ts';
import { figure } from '../gates/figures.ts';
import type { DatasetReport, GroupReport } from '../model.ts';
import { count } from './in-words.ts';
import { section, table } from './markdown.ts';

/** How measures of groups are called in a table. */
const TITLES = new Map(
  Object.entries({
    'selection-rate': 'answered positive',
    'true-positive-rate': 'positives found (TPR)',
    'false-positive-rate': 'false alarms (FPR)',
    calibration: 'stated minus observed',
    accuracy: 'right answers',
    'mean-error': 'mean error (prediction minus truth)',
    mae: 'mean absolute error',
  }),
);

/** The groups of each column that was asked for, and how they differ. */
export function groupSection({ groups = [] }: DatasetReport): string {
  if (groups.length === 0) return '';
  const parts = groups.map(
    (report) =>
      `### By ${text(report.column)}\n\n${text(report.says)}\n\n${groupTable(report)}${gapList(report)}`,
  );
  return `${section('Groups', [`How it does in groups of the hold-out, each figure with its 95 % interval. The model need not use a column for its groups to be measured.`])}\n\n${parts.join('\n\n')}`;
}

function groupTable({ groups }: GroupReport): string {
  const ids = [...new Set(groups.flatMap(({ intervals }) => Object.keys(intervals)))];
  const rows = groups.map(({ value, rows: size, intervals }) => {
    const known = new Map(Object.entries(intervals));
    return [
      text(value),
      count(size),
      ...ids.map((id) => {
        const found = known.get(id);
        return found === undefined
          ? ''
          : `${figure(found.value)} (${figure(found.low)} to ${figure(found.high)})`;
      }),
    ];
  });
  return table(['group', 'rows', ...ids.map((id) => TITLES.get(id) ?? id)], rows);
}

function gapList({ gaps, comparisons }: GroupReport): string {
  const found = Object.entries(gaps);
  if (found.length === 0) return '\n\nNo two groups have enough rows to be compared.';
  const lines = found.map(([name, { value, low, high, between }]) => {
    const isBeyond = name.endsWith('-ratio') ? high < 1 : low > 0;
    return `- ${name} ${figure(value)} (${figure(low)} to ${figure(high)}) between ${text(between[0])} and ${text(between[1])}: ${isBeyond ? '**beyond chance**' : 'within chance'}`;
  });
  const pairs = comparisons === 1 ? 'One pair of groups was' : `${count(comparisons)} pairs of groups were`;
  return `\n\nThe widest gap of each figure. ${pairs} compared for each; the intervals allow for that.\n\n${lines.join('\n')}`;
}
