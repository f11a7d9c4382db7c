import { fail } from '@slipway/contract';
import {
  type Column,
  type ColumnRole,
  type ColumnSchema,
  columnNamed,
  type Table,
  type TableSchema,
} from '../ingest/index.ts';
import { categoryLevels } from './category-levels.ts';
import { orderClasses } from './class-order.ts';
import { dateFeatures } from './date-features.ts';
import { findDuplicates } from './find-duplicates.ts';
import { findLeakage } from './leakage/find-leakage.ts';
import type { DroppedColumn, FeatureSpec, InputColumn, Preparation, Task } from './model.ts';
import { countKeys, presentRows } from './present-values.ts';
import { fitRescaling } from './rescaling.ts';
import { otherColumnsOf } from './row-columns.ts';
import { fitText } from './text/index.ts';

export type FitOptions = {
  target: string;
  task: Task;
  /** Rows with a target that may be learnt from; the hold-out is not among them. */
  trainRows: Int32Array;
  timeColumn?: string;
  /** Columns to leave out whatever they hold. */
  exclude?: readonly string[];
  /** Columns that say which rows belong together, or how much each counts: they are about the rows, and no inputs. */
  group?: string;
  weight?: string;
  /** Columns that are used despite evidence of leakage: somebody vouches that they are known beforehand. */
  allowLeakage?: readonly string[];
  /** Binary: the classes as [negative, positive] by an earlier version, whose order is kept. */
  classOrder?: readonly string[];
  /** Name of the dataset, for messages. */
  dataset?: string;
};

/**
 * Learns from the training rows alone how raw columns become features: what says nothing is left out, with the
 * reason; dates are taken apart; rare categories share a level; columns that know the target too well are reported
 * with the evidence, and exact copies of it left out. That two columns are equal, or one a copy of the target, is verified on every row with a
 * target, the hold-out too.
 *
 * Throws `columns.none-usable`.
 */
export function fitPreparation(table: Table, schema: TableSchema, options: FitOptions): Preparation {
  const { target, task, trainRows } = options;
  const targetColumn = columnNamed(table, target)!;
  const others = schema.columns.filter(({ name }) => name !== target);
  const dropped: DroppedColumn[] = [];
  const allRows = presentRows(targetColumn, table.rows);
  const columns = keepUsable(table, others, { ...options, allRows }, dropped);
  const found = findLeakage(
    targetColumn,
    columns.map(({ column }) => column),
    task,
    {
      trainRows,
      allRows,
      ...(options.allowLeakage && { allowed: options.allowLeakage }),
      ...(options.timeColumn !== undefined && { timeColumn: options.timeColumn }),
    },
  );
  for (const { column, says } of found.copies) dropped.push({ name: column, reason: 'leakage', says });
  const copies = new Set(found.copies.map(({ column }) => column));
  const inputs: InputColumn[] = [];
  const features: FeatureSpec[] = [];
  for (const { column, schema: columnSchema } of columns) {
    if (copies.has(column.name)) continue;
    const specs = featuresOf(column, columnSchema.role, trainRows);
    if (specs.length === 0) dropped.push(withoutFeatures(column, columnSchema.role));
    else inputs.push(inputOf(columnSchema));
    features.push(...specs);
  }
  if (features.length === 0) {
    const reasons =
      dropped.map(({ says }) => says.replace(/[.]$/, '')).join('; ') || 'there is no other column';
    throw fail('columns.none-usable', { dataset: options.dataset ?? 'the dataset', target, reasons });
  }
  const { classOrder } = options;
  const classes = inOrder(orderClasses(targetColumn, trainRows, task), classOrder);
  const rest = otherColumnsOf(schema, inputs);
  const used = new Set(inputs.map(({ name }) => name));
  const leakage = found.suspicions.filter(({ column }) => used.has(column));
  return { task, target, classes, inputs, ...rest, features, dropped, leakage };
}

/** Two classes in the order of an earlier version: which of them is positive does not follow from shares that changed. */
function inOrder(classes: string[], order: readonly string[] = []): string[] {
  if (classes.length !== 2 || !classes.every((name) => order.includes(name))) return classes;
  return classes.toSorted((a, b) => order.indexOf(a) - order.indexOf(b));
}

function inputOf({ name, type, nullable, reading }: ColumnSchema): InputColumn {
  return { name, type, nullable, ...(reading && { reading }) };
}

type Usable = { column: Column; schema: ColumnSchema };

/** The columns with something to say; why the others have not goes into `dropped`. */
function keepUsable(
  table: Table,
  schemas: readonly ColumnSchema[],
  options: FitOptions & { allRows: Int32Array },
  dropped: DroppedColumn[],
): Usable[] {
  const usable: Usable[] = [];
  for (const schema of schemas) {
    const column = columnNamed(table, schema.name);
    if (column === undefined) continue;
    const reason = options.exclude?.includes(schema.name)
      ? EXCLUDED
      : (aboutRows(schema.name, options) ?? unusable(column, options.trainRows) ?? BY_ROLE[schema.role]);
    if (reason === undefined) usable.push({ column, schema });
    else dropped.push({ name: schema.name, reason: reason.reason, says: reason.says(schema.name) });
  }
  const duplicates = findDuplicates(
    usable.map(({ column }) => column),
    options.allRows,
  );
  for (const [name, earlier] of duplicates) {
    dropped.push({ name, reason: 'duplicate', says: `${name} holds the same as ${earlier} in every row.` });
  }
  return usable.filter(({ column }) => !duplicates.has(column.name));
}

type Reason = { reason: DroppedColumn['reason']; says: (name: string) => string };

const EXCLUDED: Reason = { reason: 'excluded', says: (name) => `${name} was left out as asked.` };
const GROUP: Reason = {
  reason: 'excluded',
  says: (name) => `${name} says which rows belong together, and is no input.`,
};
const WEIGHT: Reason = {
  reason: 'excluded',
  says: (name) => `${name} says how much each row counts, and is no input.`,
};
const ALL_MISSING: Reason = {
  reason: 'all-missing',
  says: (name) => `${name} is missing in every training row.`,
};
const CONSTANT: Reason = {
  reason: 'constant',
  says: (name) => `${name} has the same value in every training row.`,
};

const BY_ROLE: Partial<Record<ColumnRole, Reason>> = {
  identifier: { reason: 'identifier', says: (name) => `${name} names rows and says nothing about new ones.` },
};

function aboutRows(name: string, { group, weight }: FitOptions): Reason | undefined {
  if (name === group) return GROUP;
  return name === weight ? WEIGHT : undefined;
}

/** A column without two values is of no use, unless its being missing varies. */
function unusable(column: Column, rows: Int32Array): Reason | undefined {
  const counts = countKeys(column, rows, 2);
  if (counts.size === 0) return ALL_MISSING;
  if (counts.size > 1) return undefined;
  const present = [...countKeys(column, rows).values()][0]!;
  return present === rows.length ? CONSTANT : undefined;
}

function featuresOf(column: Column, role: ColumnRole, rows: Int32Array): FeatureSpec[] {
  const { name } = column;
  if (column.type === 'timestamp') return dateFeatures(column, rows);
  if (column.type !== 'string') {
    const { values } = column;
    return [{ kind: 'number', name, column: name, ...fitRescaling((row) => values[row]!, rows) }];
  }
  if (role === 'text') return fitText(column, rows);
  const levels = categoryLevels(column, rows);
  return levels.length === 0 ? [] : [{ kind: 'category', name, column: name, levels }];
}

function withoutFeatures({ name, type }: Column, role: ColumnRole): DroppedColumn {
  if (role === 'text') return { name, reason: 'text', says: `No word of ${name} is in two of its texts.` };
  if (type === 'string')
    return { name, reason: 'identifier', says: `No value of ${name} repeats often enough to learn from.` };
  return { name, reason: 'constant', says: CONSTANT.says(name) };
}
