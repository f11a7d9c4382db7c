import { columnNamed, type Table } from '../../ingest/index.ts';
import { measure } from '../../train/index.ts';
import { bonferroniZ } from '../bonferroni.ts';
import type { GroupColumn, GroupGap, GroupReport, GroupRow, ValidatedTask } from '../model.ts';
import { type Judged, takeJudged } from '../resampling/index.ts';
import { differenceBetween, type Estimate, ratioBetween } from './estimate.ts';
import { MEASURES, RATIOS } from './measures.ts';
import { rowsByGroup } from './rows-by-group.ts';

/** A group of fewer rows is shown and not compared. */
export const LEAST_ROWS = 30;
/** A rate of fewer rows (positives of a true positive rate) is shown and not compared. */
export const LEAST_COUNTED = 10;

const Z95 = bonferroniZ(1);

type Measured = { row: GroupRow; estimates: Map<string, Estimate> };

/**
 * How the model fares in the groups of each column: measures with 95 % intervals, and the widest gaps between groups that are large
 * enough (30 rows, 10 of which count for the measure). The intervals of gaps hold for all pairs of groups of all columns together.
 */
export function groupReports(
  task: ValidatedTask,
  judged: Judged,
  table: Table,
  columns: readonly GroupColumn[],
): GroupReport[] {
  const measured = columns.map((column) => ({ column, groups: measureGroups(task, judged, table, column) }));
  const comparisons = measured.reduce((sum, { groups }) => sum + pairsOf(groups), 0);
  const z = bonferroniZ(comparisons);
  return measured.map(({ column, groups }) => ({
    column: column.column,
    says: saysOf(column, groups, columnNamed(table, column.column) !== undefined),
    groups: groups.map(({ row }) => row),
    gaps: gapsOf(groups, z),
    comparisons,
  }));
}

function measureGroups(task: ValidatedTask, judged: Judged, table: Table, column: GroupColumn): Measured[] {
  const found = columnNamed(table, column.column);
  if (found === undefined) return [];
  return rowsByGroup(found, column).map(({ value, rows }) => {
    const own = takeJudged(judged, rows);
    const estimates = MEASURES[task](own);
    const figures = [...estimates].map(([id, { value }]) => [id, value] as const);
    const intervals = [...estimates].map(
      ([id, estimate]) => [id, { value: estimate.value, ...estimate.bounds(Z95) }] as const,
    );
    const row: GroupRow = {
      value,
      rows: rows.length,
      compared: rows.length >= LEAST_ROWS,
      metrics: { ...measure(task, own.target, own.predictions, own), ...Object.fromEntries(figures) },
      intervals: Object.fromEntries(intervals),
    };
    return { row, estimates };
  });
}

function pairsOf(groups: readonly Measured[]): number {
  const compared = groups.filter(({ row }) => row.compared).length;
  return (compared * (compared - 1)) / 2;
}

function gapsOf(groups: readonly Measured[], z: number): Record<string, GroupGap> {
  const ids = [...new Set(groups.flatMap(({ estimates }) => [...estimates.keys()]))];
  return Object.fromEntries(ids.flatMap((id) => gapsIn(id, groups, z)));
}

function gapsIn(id: string, groups: readonly Measured[], z: number): [string, GroupGap][] {
  const known = groups.flatMap(({ row, estimates }) => {
    const estimate = estimates.get(id);
    return row.compared && estimate !== undefined && estimate.rows >= LEAST_COUNTED
      ? [{ name: row.value, estimate }]
      : [];
  });
  if (known.length < 2) return [];
  const ranked = known.toSorted((a, b) => a.estimate.value - b.estimate.value);
  const [lowest, highest] = [ranked[0]!, ranked.at(-1)!];
  const between: GroupGap['between'] = [lowest.name, highest.name];
  const difference: GroupGap = { ...differenceBetween(highest.estimate, lowest.estimate, z), between };
  const hasRatio = RATIOS.includes(id) && highest.estimate.value > 0;
  if (!hasRatio) return [[`${id}-difference`, difference]];
  const ratio: GroupGap = { ...ratioBetween(lowest.estimate, highest.estimate, z), between };
  return [
    [`${id}-difference`, difference],
    [`${id}-ratio`, ratio],
  ];
}

function saysOf({ column, cuts }: GroupColumn, groups: readonly Measured[], isThere: boolean): string {
  if (!isThere) return `This dataset has no column ${column}.`;
  const how =
    cuts === null ? 'Each value is a group.' : 'The bands lie between the quartiles of the training rows.';
  const small = groups.filter(({ row }) => !row.compared).map(({ row }) => `${row.value} (${row.rows})`);
  if (small.length === 0) return how;
  return `${how} Too few rows to compare, fewer than ${LEAST_ROWS}: ${small.join(', ')}.`;
}
