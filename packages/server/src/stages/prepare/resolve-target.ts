import { fail } from '@slipway/contract';
import { type Column, columnNamed, type Table, type TableSchema } from '../ingest/index.ts';
import { type InferredTask, inferTask, type TaskOptions } from './infer-task.ts';

/** So many names are listed where a name is not found. */
const NAMES_LISTED = 20;

export type ResolvedTarget = InferredTask & {
  /** The name as the schema has it. */ target: string;
  column: Column;
};

/**
 * The target's column and the task it asks for. A name that differs in case only is found: no two columns do. Throws
 * `target.missing` and what {@link inferTask} throws.
 */
export function resolveTarget(
  table: Table,
  schema: TableSchema,
  target: string,
  options: TaskOptions,
): ResolvedTarget {
  const names = schema.columns.map(({ name }) => name);
  const name = names.find((one) => one === target) ?? names.find((one) => isSameName(one, target));
  const column = name === undefined ? undefined : columnNamed(table, name);
  const columnSchema = schema.columns.find((one) => one.name === name);
  if (column === undefined || columnSchema === undefined) {
    throw fail(
      'target.missing',
      { target, dataset: options.dataset, columns: listed(names) },
      { path: 'target' },
    );
  }
  return { ...inferTask(column, columnSchema, options), target: column.name, column };
}

function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.trim().toLowerCase();
}

function listed(names: readonly string[]): string[] {
  if (names.length <= NAMES_LISTED) return [...names];
  return [...names.slice(0, NAMES_LISTED), `and ${names.length - NAMES_LISTED} more`];
}
