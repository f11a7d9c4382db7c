import { type Column, columnNamed, type Table, takeRows } from '../../stages/ingest/index.ts';
import {
  groupDuplicates,
  groupRows,
  type Split,
  type SplitOptions,
  splitHoldout,
} from '../../stages/prepare/index.ts';

const TRAIN = 1;
const HELD = 2;

/** The target as it was while there were so many increments; undefined when there was no such column. */
export type FormerTarget = { increments: number; column: Column | undefined };

/**
 * Splits each increment by itself, so that rows held out before stay held out when more are appended. An appended row
 * that equals an earlier one, or is of its group, takes the earlier one's side, so that no held-out row was ever trained
 * on. Rows that were labelled later are split when they were, the others by the labels they had before (`former`). With a
 * time column the latest rows of each increment are held out: splitting anew by time would hold out rows that came late
 * and were trained on before. One increment without a labelling is split as a whole.
 */
export function splitIncrements(
  table: Table,
  increments: readonly number[],
  options: SplitOptions,
  former: readonly FormerTarget[] = [],
): Split {
  if (increments.length <= 1 && former.length === 0) return splitHoldout(table, options);
  const rows = span(0, table.rows);
  const { groupColumn, ignore = [] } = options;
  const groupOf =
    groupColumn === undefined
      ? groupDuplicates(table, rows, new Set([...ignore, options.target]))
      : groupRows(table, rows, groupColumn);
  const sideOfGroup = new Int8Array(table.rows);
  const sides = new Int8Array(table.rows);
  for (const { row, side } of drawnRows(table, increments, options, former)) {
    const group = groupOf === null ? row : groupOf[row]!;
    sideOfGroup[group] ||= side;
    sides[row] = sideOfGroup[group]!;
  }
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

type Drawn = { row: number; side: number };

/**
 * The side each row would be on if what it came with were alone, in the order in which they were drawn: increment by
 * increment, and at each labelling the rows that had no target before. Groups are drawn in the first increment only:
 * later ones have groups that are known, and new ones take the side of their first row.
 */
function drawnRows(
  table: Table,
  increments: readonly number[],
  options: SplitOptions,
  former: readonly FormerTarget[],
): Drawn[] {
  const eras = [...former, { increments: increments.length, column: columnNamed(table, options.target) }];
  const { groupColumn: _, ...ungrouped } = options;
  const isDrawn = new Uint8Array(table.rows);
  const drawn: Drawn[] = [];
  let [known, from] = [0, 0];
  for (const era of eras) {
    const parts: Int32Array[] = [span(0, from).filter((row) => isDrawn[row] === 0)];
    for (const rows of increments.slice(known, era.increments)) {
      parts.push(span(from, rows));
      from += rows;
    }
    known = era.increments;
    if (era.column === undefined) continue;
    const then = withColumn(table, era.column);
    for (const part of parts.filter(({ length }) => length > 0)) {
      const found = splitPart(then, part, drawn.length === 0 ? options : ungrouped);
      for (const { row } of found) isDrawn[row] = 1;
      drawn.push(...found);
    }
  }
  return drawn;
}

function splitPart(table: Table, rows: Int32Array, options: SplitOptions): Drawn[] {
  const { train, holdout } = splitHoldout(takeRows(table, rows), options);
  const sided = [
    ...Array.from(train, (place) => ({ row: rows[place]!, side: TRAIN })),
    ...Array.from(holdout, (place) => ({ row: rows[place]!, side: HELD })),
  ];
  return sided.sort((a, b) => a.row - b.row);
}

/** The table with a column as it was; a shorter one is of the rows there were. */
function withColumn(table: Table, column: Column): Table {
  return { ...table, columns: table.columns.map((one) => (one.name === column.name ? column : one)) };
}

function span(from: number, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => from + i);
}
