import type { Column } from '../../ingest/index.ts';
import { orderClasses } from '../class-order.ts';
import type { LeakageSuspicion, Task } from '../model.ts';
import { textOf } from '../present-values.ts';
import { binColumn } from './binned.ts';
import {
  accuracyOfColumn,
  r2OfColumn,
  r2OfLine,
  rocAucOfColumn,
  rocAucOfOrder,
} from './single-column-scores.ts';
import { structuralEvidence } from './structural-evidence.ts';

/** A single column that predicts better than this is too good to be true. */
const SUSPICIOUS = 0.99;
/** … and better than this when its name is that of the target. */
const SUSPICIOUS_BY_NAME = 0.9;
const SAMPLE_ROWS = 20_000;

export type Leakage = { suspicions: LeakageSuspicion[]; copies: { column: string; says: string }[] };

export type LeakageOptions = {
  trainRows: Int32Array;
  /** Every row with a target. */
  allRows: Int32Array;
  /** Columns that somebody vouches for: they are reported, and kept whatever is found. */
  allowed?: readonly string[];
  /** Column that orders the rows in time. */
  timeColumn?: string;
};

/**
 * Columns that know the target too well. Structural evidence (copies, re-codings, row numbers, values known only after the
 * outcome) is sought in all rows with a target, and holds beyond chance; predictive strength is measured for each column alone on
 * a sample of the training rows. Exact copies (the classes by other names, the number in another unit) are told apart: they are
 * left out.
 */
export function findLeakage(
  target: Column,
  columns: readonly Column[],
  task: Task,
  { trainRows, allRows, allowed = [], timeColumn }: LeakageOptions,
): Leakage {
  const rows = sampleOf(trainRows);
  const judge = judgeOf(target, task, rows);
  const evidences = structuralEvidence({ target, columns, task, rows: allRows, timeColumn });
  const found: Leakage = { suspicions: [], copies: [] };
  for (const [i, column] of columns.entries()) {
    const { name } = column;
    const evidence = evidences[i];
    const isAllowed = allowed.includes(name);
    if (evidence?.kind === 'copy' && !isAllowed) {
      found.copies.push({
        column: name,
        says: `${evidence.says}, so it is left out (--allow-leakage keeps it).`,
      });
      continue;
    }
    const judged = judge(column);
    if (evidence !== undefined) {
      const says = `${evidence.says}.`;
      found.suspicions.push({ column: name, ...judged, says, evidence: evidence.kind, allowed: isAllowed });
    } else found.suspicions.push(...strengthOf(name, target.name, judged));
  }
  return found;
}

/** A warning of a column that predicts too well alone, which may be right: such columns exist. */
function strengthOf(column: string, target: string, judged: Judged): LeakageSuspicion[] {
  const { metric, value } = judged;
  const says = `${column} alone predicts ${target} with ${metric} ${value.toFixed(4)}: check that it is known beforehand.`;
  if (value > SUSPICIOUS) return [{ column, ...judged, says }];
  if (value <= SUSPICIOUS_BY_NAME || !namesMeet(column, target)) return [];
  return [{ column, ...judged, says: `${says} Their names are alike.` }];
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
