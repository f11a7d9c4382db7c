import type { ColumnProfile, ColumnSchema, TableProfile, TableSchema } from '../model.ts';
import type { StoredColumn, ValueCounts, Workspace } from '../ports.ts';
import { inferRole, type RoleEvidence } from './infer-role.ts';
import { type NumberProfile, profileNumbers } from './profile-numbers.ts';

const TOP_VALUES = 50;

export type ProfiledTable = { schema: TableSchema; profile: TableProfile };

/**
 * What the columns of stored files hold, and the role that this gives them. `notes` are said of columns by name.
 * A few passes over the files, however many columns there are.
 */
export async function profileTable(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
  rows: number,
  notes: ReadonlyMap<string, string[]> = new Map(),
): Promise<ProfiledTable> {
  const numeric = columns.filter(({ type }) => type === 'number' || type === 'timestamp');
  const valued = columns.filter(({ type }) => type === 'string' || type === 'boolean');
  const numbers = byName(numeric, await profileNumbers(workspace, files, numeric, rows));
  await countExactly(workspace, files, columns, numbers, rows);
  const values = byName(valued, await workspace.counts(files, valued, TOP_VALUES));
  const profiled = columns.map((column) => {
    const number = numbers.get(column.name);
    const said = notes.get(column.name) ?? [];
    return number === undefined
      ? valueColumn(column, rows, values.get(column.name)!, said)
      : numberColumn(column, rows, number, said);
  });
  return {
    schema: { columns: profiled.map(({ schema }) => schema) },
    profile: { rows, columns: profiled.map(({ profile }) => profile) },
  };
}

/** An estimate is not enough to call a column of whole numbers unique: those near it are counted. */
async function countExactly(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
  numbers: Map<string, NumberProfile>,
  rows: number,
): Promise<void> {
  const near = columns.filter(({ name, type }) => {
    const found = numbers.get(name);
    return (
      type === 'number' && found?.distinctApproximate && found.summary.whole && found.distinct > rows * 0.9
    );
  });
  const counts = await workspace.distinct(files, near);
  near.forEach(({ name }, i) => {
    numbers.set(name, { ...numbers.get(name)!, distinct: counts[i]!, distinctApproximate: false });
  });
}

type Profiled = { schema: ColumnSchema; profile: ColumnProfile };

function numberColumn(column: StoredColumn, rows: number, found: NumberProfile, notes: string[]): Profiled {
  const { summary, distinct, distinctApproximate, numeric } = found;
  const { whole, min, max, present } = summary;
  const role = inferRole({ ...column, rows, present, distinct, whole, min, max });
  const missing = rows - present;
  const schema: ColumnSchema = { ...column, role, nullable: missing > 0 };
  if (column.type === 'number') schema.integer = whole && present > 0;
  const profile: ColumnProfile = { ...column, role, rows, missing, distinct, distinctApproximate, notes };
  if (numeric !== undefined) profile.numeric = numeric;
  return { schema, profile };
}

function valueColumn(column: StoredColumn, rows: number, found: ValueCounts, notes: string[]): Profiled {
  const { present, distinct, top, meanLength, meanWords } = found;
  const evidence: RoleEvidence = {
    ...column,
    rows,
    present,
    distinct,
    top: top.map(({ value }) => value),
    meanLength,
    meanWords,
  };
  const role = inferRole(evidence);
  const missing = rows - present;
  return {
    schema: { ...column, role, nullable: missing > 0 },
    profile: { ...column, role, rows, missing, distinct, distinctApproximate: false, top, notes },
  };
}

function byName<T>(columns: readonly StoredColumn[], items: readonly T[]): Map<string, T> {
  return new Map(columns.map(({ name }, i) => [name, items[i]!]));
}
