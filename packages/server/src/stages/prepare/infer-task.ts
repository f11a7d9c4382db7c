import { fail } from '@slipway/contract';
import type { Column, ColumnSchema } from '../ingest/index.ts';
import { keepReading, type TargetReading } from './keep-reading.ts';
import type { Task } from './model.ts';
import { countKeys, presentRows } from './present-values.ts';

/** More classes than this are refused. */
export const MAX_CLASSES = 1_000;
/** Fewer rows with a target than this are refused: nothing could be held out and cross-validated. */
export const LEAST_ROWS = 20;

/** Whole numbers with maximum number to list values may be codes of classes. */
const MOST_CODES = 20;
/** … when the codes fill at least half of their range, and come this often on average. */
const LEAST_ROWS_A_CODE = 10;

export type InferredTask = {
  task: Task;
  /** 0 unless classification. */
  classes: number;
  /** In a sentence; where whole numbers may be read either way, with how to ask for the other task. */
  reason: string;
  /** The task that the values also allow, which may be asked for. */
  other?: 'regression' | 'multiclass';
  /** Of a reading that was kept: what a reader should know, in sentences. */
  notes: string[];
};

/** Which task is wanted: one that was asked for, or that of an earlier version with its classes. */
export type TaskOptions = { task?: Task; kept?: TargetReading; dataset: string };

/**
 * The task that a target asks for, or whether the asked one is possible. Words and booleans are classes, and so is
 * anything with two values. Whole numbers are classes when they are few (at most 20 values), dense (they fill at least
 * half of their range) and repeat (ten rows each on average), unless they look like counts: from 0 upward, ever
 * rarer. All other numbers are regressed. The reading of an earlier version is kept whatever the values look like.
 *
 * Throws `target.all-null`, `target.too-few-rows`, `target.constant`, `target.too-many-classes`,
 * `target.not-numeric`, `target.not-binary`, and `target.changed` where a reading cannot be kept.
 */
export function inferTask(
  column: Column,
  schema: ColumnSchema,
  { task: asked, kept, dataset }: TaskOptions,
): InferredTask {
  const rows = presentRows(column, lengthOf(column));
  const target = schema.name;
  if (rows.length === 0) throw fail('target.all-null', { target }, { path: 'target' });
  if (rows.length < LEAST_ROWS) {
    throw fail('target.too-few-rows', { target, rows: rows.length, least: LEAST_ROWS }, { path: 'target' });
  }
  const counts = countKeys(column, rows);
  if (counts.size === 1) throw fail('target.constant', { target }, { path: 'target' });
  if (kept !== undefined) return asBefore(column, target, counts, { kept, dataset });
  return asked === undefined ? inferred(column, target, counts) : checked(column, target, counts, asked);
}

/** The task of an earlier version. That its values alone would be read otherwise is told. */
function asBefore(
  column: Column,
  target: string,
  counts: Map<number, number>,
  { kept, dataset }: { kept: TargetReading; dataset: string },
): InferredTask {
  const { version, task } = kept;
  const { classes, notes } = keepReading(column, kept, { target, dataset });
  if (classes > MAX_CLASSES) return multiclass(target, classes, '');
  const alone = column.type === 'number' ? inferred(column, target, counts) : undefined;
  const as = task === 'regression' ? 'a number' : 'classes';
  const reason = `${target} is predicted as ${as}, as by version ${version}.`;
  const otherwise =
    alone === undefined || alone.task === task
      ? []
      : [
          `${reason} By its values alone it would be ${alone.task}: ${alone.reason.split(/ To (?:make|predict) /)[0]}`,
        ];
  return { task, classes, reason, notes: [...otherwise, ...notes] };
}

function inferred(column: Column, target: string, counts: Map<number, number>): InferredTask {
  const values = counts.size;
  if (column.type === 'timestamp') throw fail('target.not-numeric', { target }, { path: 'target' });
  if (values === 2) return { task: 'binary', classes: 2, reason: `${target} has two values.`, notes: [] };
  if (column.type === 'string') return multiclass(target, values, `${target} has ${values} different words.`);
  if (!looksLikeCodes(counts)) return regression(`${target} is a number.`);
  if (looksLikeCounts(counts))
    return {
      ...regression(
        `${target} counts something (${values} whole numbers from 0, ever rarer), so it is predicted as a number. To make each value a class, ask for the task multiclass (--task multiclass).`,
      ),
      other: 'multiclass',
    };
  return {
    ...multiclass(
      target,
      values,
      `${target} has only ${values} values, whole numbers close together, so each of them is a class. To predict it as a number, ask for the task regression (--task regression).`,
    ),
    other: 'regression',
  };
}

function checked(column: Column, target: string, counts: Map<number, number>, asked: Task): InferredTask {
  const reason = 'It was asked for.';
  if (asked === 'regression' || asked === 'forecast') {
    if (column.type !== 'number') throw fail('target.not-numeric', { target }, { path: 'task' });
    return { task: asked, classes: 0, reason, notes: [] };
  }
  if (asked === 'binary' && counts.size !== 2) {
    throw fail('target.not-binary', { target, classes: counts.size }, { path: 'task' });
  }
  if (counts.size === 2)
    return { task: 'binary', classes: 2, reason: `${target} has two values.`, notes: [] };
  return multiclass(target, counts.size, reason);
}

function multiclass(target: string, classes: number, reason: string): InferredTask {
  if (classes > MAX_CLASSES) {
    throw fail('target.too-many-classes', { target, classes, limit: MAX_CLASSES }, { path: 'target' });
  }
  return { task: 'multiclass', classes, reason, notes: [] };
}

const regression = (reason: string): InferredTask => ({
  task: 'regression',
  classes: 0,
  reason,
  notes: [],
});

function looksLikeCodes(counts: Map<number, number>): boolean {
  const values = [...counts.keys()];
  if (values.length > MOST_CODES || !values.every(Number.isInteger)) return false;
  const range = Math.max(...values) - Math.min(...values) + 1;
  return range <= values.length * 2 && total(counts) >= values.length * LEAST_ROWS_A_CODE;
}

/** From 0, at least four values, and after the most frequent one each is rarer than the one before, the last far rarer. */
function looksLikeCounts(counts: Map<number, number>): boolean {
  const sorted = [...counts].sort(([a], [b]) => a - b);
  if (sorted.length < 4 || sorted[0]![0] !== 0) return false;
  const sizes = sorted.map(([, count]) => count);
  const tail = sizes.slice(sizes.indexOf(Math.max(...sizes)));
  const falling = tail.every((size, i) => i === 0 || size <= tail[i - 1]!);
  return falling && tail.length >= 3 && tail[0]! >= 20 * tail.at(-1)!;
}

function total(counts: Map<number, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
}

function lengthOf(column: Column): number {
  return column.type === 'string' ? column.codes.length : column.values.length;
}
