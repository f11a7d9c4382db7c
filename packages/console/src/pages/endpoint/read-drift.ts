import type { MonitorReport } from '@slipway/contract';
import type { StateName } from '../../parts/states.ts';

export type DriftColumn = MonitorReport['columns'][number];

/** Shares of rows by bin, in training and in the window. */
export type DriftBin = { label: string; reference: number; current: number };

/** What one test of a column measured. */
export type DriftTest = { measure: string; effect: number; threshold: number };

type Rec = Record<string, unknown>;

/** The bins of a column; none where the report does not carry them. */
export function driftBins(column: DriftColumn): DriftBin[] {
  const { comparison } = column;
  if (!isRec(comparison) || !Array.isArray(comparison.labels)) return [];
  const [reference, current] = [numbers(comparison.reference), numbers(comparison.window)];
  return comparison.labels.map((label, index) => ({
    label: String(label),
    reference: reference[index] ?? 0,
    current: current[index] ?? 0,
  }));
}

/** The test that speaks for the column, or undefined. */
export function leadingTest(column: DriftColumn): DriftTest | undefined {
  const tests = Array.isArray(column.tests) ? column.tests.filter(isTest) : [];
  return tests.find((test) => (test as DriftTest & Rec).test === column.leading) ?? tests[0];
}

/** How grave the drift is: the level that the report gives, that it waits for another window, or merely whether there is any. */
export function driftState(column: DriftColumn): StateName {
  if (!column.drifted) return column.notCompared === undefined ? 'steady' : 'not-compared';
  if (column.confirmation === 'pending' || column.confirmation === 'first-week') return 'found-once';
  if (column.confirmation === 'weekly') return 'note';
  const { level } = column;
  return level === 'critical' || level === 'warning' || level === 'note' ? level : 'drifted';
}

/** How many values of the column training never saw: missing ones, categories, numbers far outside the range. */
export function unseenCount({ warnings }: DriftColumn): number {
  return Object.values(warnings ?? {}).reduce((sum, count) => sum + count, 0);
}

/** What the report says of the predictions themselves, in the form of columns. */
export function scoresOf(report: MonitorReport): DriftColumn[] {
  return Array.isArray(report.scores) ? report.scores.filter(isDriftColumn) : [];
}

function isDriftColumn(value: unknown): value is DriftColumn {
  return (
    isRec(value) &&
    typeof value.name === 'string' &&
    typeof value.drifted === 'boolean' &&
    typeof value.says === 'string'
  );
}

function isTest(value: unknown): value is DriftTest {
  return (
    isRec(value) &&
    typeof value.measure === 'string' &&
    typeof value.effect === 'number' &&
    typeof value.threshold === 'number'
  );
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}

function isRec(value: unknown): value is Rec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
