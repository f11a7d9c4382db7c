import type { Column } from '../../ingest/index.ts';
import { orderClasses } from '../class-order.ts';
import type { LeakageSuspicion, Task } from '../model.ts';
import { textOf } from '../present-values.ts';
import { binColumn } from './binned.ts';
import { renamesClasses, rescalesTarget, summands } from './exact-copies.ts';
import {
  accuracyOfColumn,
  r2OfColumn,
  r2OfLine,
  rocAucOfColumn,
  rocAucOfOrder,
} from './single-column-scores.ts';

/** A single column that predicts better than this is too good to be true. */
const SUSPICIOUS = 0.99;
/** … and better than this when its name is that of the target. */
const SUSPICIOUS_BY_NAME = 0.9;
const SAMPLE_ROWS = 20_000;
/** Pairs of columns are tried as summands of the target up to so many columns. */
const MOST_SUMMANDS = 300;

export type Leakage = { suspicions: LeakageSuspicion[]; copies: { column: string; says: string }[] };

/**
 * Columns that know the target too well: each is tried alone on a sample of the training rows. Exact copies (the classes
 * by other names, the number in another unit) are told apart from mere suspicions, on all rows with a target.
 */
export function findLeakage(
  target: Column,
  columns: readonly Column[],
  task: Task,
  { trainRows, allRows }: { trainRows: Int32Array; allRows: Int32Array },
): Leakage {
  const rows = sampleOf(trainRows);
  const judge = judgeOf(target, task, rows);
  const found: Leakage = { suspicions: [], copies: [] };
  for (const column of columns) {
    const { metric, value } = judge(column);
    const says = alone(column.name, target.name, metric, value);
    const suspicion = { column: column.name, metric, value, says };
    if (isCopy(column, target, task, allRows)) {
      const copy = `${column.name} is a copy of ${target.name} in other words`;
      found.copies.push({ column: column.name, says: `${copy}, so it is left out.` });
      found.suspicions.push({ ...suspicion, value: 1, says: `${copy}.` });
    } else if (value > SUSPICIOUS) {
      found.suspicions.push(suspicion);
    } else if (value > SUSPICIOUS_BY_NAME && namesMeet(column.name, target.name)) {
      found.suspicions.push({ ...suspicion, says: `${says} Their names are alike.` });
    }
  }
  if (task === 'regression' && columns.length <= MOST_SUMMANDS)
    found.suspicions.push(...sumSuspicions(columns, target, allRows));
  return found;
}

type Judged = Pick<LeakageSuspicion, 'metric' | 'value'>;

function judgeOf(target: Column, task: Task, rows: Int32Array): (column: Column) => Judged {
  if (task === 'regression' || task === 'forecast') {
    const numbers = Float64Array.from(
      rows,
      (row) => (target as Extract<Column, { values: Float64Array }>).values[row]!,
    );
    return (column) => ({
      metric: 'r2',
      value: Math.max(r2OfColumn(binColumn(column, rows), numbers), r2OfLine(column, rows, numbers)),
    });
  }
  const classes = orderClasses(target, rows, task);
  const indexOf = new Map(classes.map((name, i) => [name, i]));
  const indices = Float64Array.from(rows, (row) => indexOf.get(textOf(target, row))!);
  if (task === 'binary')
    return (column) => ({
      metric: 'roc-auc',
      value: Math.max(rocAucOfColumn(binColumn(column, rows), indices), rocAucOfOrder(column, rows, indices)),
    });
  const base = largestShare(indices, classes.length);
  return (column) => {
    const accuracy = accuracyOfColumn(binColumn(column, rows), indices, classes.length);
    // Where one class is nearly all, accuracy alone means little.
    return { metric: 'accuracy', value: base > 0.9 ? (accuracy - base) / (1 - base) : accuracy };
  };
}

function isCopy(column: Column, target: Column, task: Task, rows: Int32Array): boolean {
  return task === 'regression' ? rescalesTarget(column, target, rows) : renamesClasses(column, target, rows);
}

function sumSuspicions(columns: readonly Column[], target: Column, rows: Int32Array): LeakageSuspicion[] {
  const pair = summands(columns, target, rows);
  if (pair === null) return [];
  const says = `${pair[0]} + ${pair[1]} = ${target.name} in every row: leave them out unless both are known beforehand.`;
  return pair.map((column) => ({ column, metric: 'r2', value: 1, says }));
}

function alone(column: string, target: string, metric: string, value: number): string {
  return `${column} alone predicts ${target} with ${metric} ${value.toFixed(4)}: check that it is known beforehand.`;
}

/** Rows evenly spread over all, in their order. */
function sampleOf(rows: Int32Array): Int32Array {
  if (rows.length <= SAMPLE_ROWS) return rows;
  return Int32Array.from(
    { length: SAMPLE_ROWS },
    (_, i) => rows[Math.floor((i * rows.length) / SAMPLE_ROWS)]!,
  );
}

/** Whether the names share a word of at least four letters. */
function namesMeet(a: string, b: string): boolean {
  const words = (name: string) =>
    name
      .toLowerCase()
      .split(/[^a-z0-9]+|(?<=[a-z])(?=[A-Z])/)
      .filter((word) => word.length >= 4);
  const known = new Set(words(b));
  return words(a).some((word) => known.has(word));
}

function largestShare(indices: Float64Array, classes: number): number {
  const counts = new Float64Array(classes);
  for (const index of indices) counts[index]!++;
  return Math.max(...counts) / indices.length;
}
