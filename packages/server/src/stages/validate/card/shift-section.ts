import { escapeMarkdown as text } from '../escape-markdown.ts';
import { figure } from '../gates/figures.ts';
import type { Interval, ValidationReport } from '../model.ts';
import type { Skill } from '../shift-report.ts';
import { section } from './markdown.ts';

/** The inputs that shifted, the most severe first. */
const SHIFTED = 10;

/** How the rows that came after the champion's training differ from those before; empty where none came. */
export function shiftSection({ shift, primaryMetric }: ValidationReport): string {
  if (shift === undefined) return '';
  const { rows, label, season, inputs, relation, champion, accepted, acceptance } = shift;
  const shifted = inputs.columns.filter((one) => one.shifted).slice(0, SHIFTED);
  const onRows = ({ rows: count, primary }: Skill) => `${interval(primary)} on ${count} rows`;
  return section('Shift since the version before', [
    `- ${rows.appended} ${season === undefined ? 'labelled rows' : 'steps'} came after the training of version ${champion}, beside ${rows.before} before`,
    `- Target: ${text(label.says)}`,
    season !== undefined && `- Season: ${text(season.says)}`,
    inputs.broken !== null && `- Inputs: ${text(inputs.broken)}`,
    ...shifted.map(({ says }) => `- Input: ${text(says)}`),
    shifted.length === 0 && inputs.broken === null && '- Inputs: no shift was found',
    relation !== null &&
      `- Version ${champion}: ${primaryMetric} ${onRows(relation.holdout)} of its own hold-out, ${onRows(relation.appended)} appended since`,
    accepted && '- The shift was accepted as intended: the recent rows decided',
    acceptance && `- Accepted by ${text(acceptance.by)}: ${text(acceptance.reason)}`,
  ]);
}

function interval({ value, low, high }: Interval): string {
  return `${figure(value)} (95 % interval ${figure(low)} to ${figure(high)})`;
}
