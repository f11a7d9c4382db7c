import type { Column, ColumnRole, ColumnSchema, Table, TableSchema } from '../stages/ingest/index.ts';

export type Cell = number | string | boolean | Date | null;

/** A table in memory from values, by column name; the kind of a column is that of its first present value. */
export function tableOf(columns: Record<string, readonly Cell[]>): Table {
  const made = Object.entries(columns).map(([name, values]) => columnOf(name, values));
  return { rows: Object.values(columns)[0]!.length, columns: made };
}

export function columnOf(name: string, values: readonly Cell[]): Column {
  const first = values.find((value) => value !== null);
  if (typeof first === 'string' || first === undefined)
    return stringColumn(name, values as (string | null)[]);
  const type = typeof first === 'boolean' ? 'boolean' : first instanceof Date ? 'timestamp' : 'number';
  return {
    name,
    type,
    values: Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))),
  };
}

function stringColumn(name: string, values: readonly (string | null)[]): Column {
  const dictionary = [...new Set(values.filter((value) => value !== null))].sort();
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value)));
  return { name, type: 'string', codes, dictionary };
}

const ROLES: Record<Column['type'], ColumnRole> = {
  number: 'numeric',
  boolean: 'boolean',
  timestamp: 'datetime',
  string: 'categorical',
};

/** The schema of a table; roles follow the types unless given. */
export function schemaOf(table: Table, roles: Record<string, ColumnRole> = {}): TableSchema {
  const columns = table.columns.map(({ name, type }): ColumnSchema => {
    return { name, type, role: roles[name] ?? ROLES[type], nullable: true };
  });
  return { columns };
}
