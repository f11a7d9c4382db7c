import { type Table, takeRows } from '../../journey/ingest/index.ts';
import {
  groupDuplicates,
  groupRows,
  type Split,
  type SplitOptions,
  splitHoldout,
} from '../../journey/prepare/index.ts';

const TRAIN = 1;
const HELD = 2;

/**
 * Splits each increment by itself, so that rows held out before stay held out when more are appended. An appended row
 * that equals an earlier one, or is of its group, takes the earlier one's side, so that no held-out row was ever trained
 * on. With a time column the latest rows of each increment are held out: splitting anew by time would hold out rows that
 * came late and were trained on before. One increment is split as a whole.
 */
export function splitIncrements(table: Table, increments: readonly number[], options: SplitOptions): Split {
  if (increments.length <= 1) return splitHoldout(table, options);
  const rows = span(0, table.rows);
  const { groupColumn, ignore = [] } = options;
  const groupOf =
    groupColumn === undefined
      ? groupDuplicates(table, rows, new Set(ignore))
      : groupRows(table, rows, groupColumn);
  const sideOfGroup = new Int8Array(table.rows);
  const sides = drawnSides(table, increments, options).map((drawn, row) => {
    if (drawn === 0) return 0;
    const group = groupOf === null ? row : groupOf[row]!;
    sideOfGroup[group] ||= drawn;
    return sideOfGroup[group]!;
  });
  const train = rows.filter((row) => sides[row] === TRAIN);
  const holdout = rows.filter((row) => sides[row] === HELD);
  const says = `${holdout.length} of ${train.length + holdout.length} rows are held out, the same as before among the rows known before.`;
  return { train, holdout, by: divisionOf(options), says };
}

function divisionOf({ timeColumn, groupColumn, task }: SplitOptions): Split['by'] {
  if (groupColumn !== undefined) return 'group';
  if (timeColumn !== undefined) return 'time';
  return task === 'regression' ? 'random' : 'stratified';
}

/**
 * The side each row would be on if its increment were alone; 0 for a row without a target. Groups are drawn in the first
 * increment only: later ones have groups that are known, and new ones take the side of their first row.
 */
function drawnSides(table: Table, increments: readonly number[], options: SplitOptions): Int8Array {
  const sides = new Int8Array(table.rows);
  let from = 0;
  const { groupColumn: _, ...ungrouped } = options;
  for (const rows of increments) {
    const own = from === 0 ? options : ungrouped;
    const { train, holdout } = splitHoldout(takeRows(table, span(from, rows)), own);
    for (const row of train) sides[from + row] = TRAIN;
    for (const row of holdout) sides[from + row] = HELD;
    from += rows;
  }
  return sides;
}

function span(from: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => from + i);
}
