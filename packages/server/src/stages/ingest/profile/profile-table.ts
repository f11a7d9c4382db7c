import type { ColumnReading } from '@slipway/contract';
import type { ColumnProfile, ColumnSchema, TableProfile, TableSchema } from '../model.ts';
import type { StoredColumn, ValueCounts, Workspace } from '../ports.ts';
import { inferRole, type RoleEvidence } from './infer-role.ts';
import { type NumberProfile, profileNumbers } from './profile-numbers.ts';
import { shownProfiles, TOP_VALUES } from './shown-profiles.ts';

export type ProfiledTable = { schema: TableSchema; profile: TableProfile };

export type ProfileOptions = {
  rows: number;
  /** Words that mean a missing value in text columns. */
  missingWords?: readonly string[];
  /** How the text of each column was read, by name. */
  readings?: ReadonlyMap<string, ColumnReading>;
  /** Columns that name rows, whatever their values say. */
  identifiers?: ReadonlySet<string>;
};

/**
 * What the columns of stored files hold, and the role that this gives them. A few passes over the files, however many columns
 * there are.
 */
export async function profileTable(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
  { rows, missingWords = [], readings, identifiers }: ProfileOptions,
): Promise<ProfiledTable> {
  const numeric = columns.filter(({ type }) => type === 'number' || type === 'timestamp');
  const text = columns.filter(({ type }) => type === 'string');
  const valued = columns.filter(({ type }) => type === 'string' || type === 'boolean');
  const values = byName(valued, await countedPlainly(workspace, files, valued));
  const words = await countWords(workspace, files, text, values, missingWords);
  const wordy = text
    .filter(({ name }) => words.get(name)!.length > 0)
    .map((column) => withMissing(column, words.get(column.name)));
  const present = wordy.length === 0 ? [] : await workspace.counts(files, wordy, TOP_VALUES);
  for (const [i, { name }] of wordy.entries()) values.set(name, present[i]!);
  const numbers = byName(numeric, await profileNumbers(workspace, files, numeric, rows));
  await countExactly(workspace, files, columns, numbers, rows);
  const profiled = columns.map((column) => {
    const number = numbers.get(column.name);
    const isIdentifier = identifiers?.has(column.name) === true;
    const found =
      number === undefined
        ? valueColumn(
            withMissing(column, words.get(column.name)),
            rows,
            values.get(column.name)!,
            isIdentifier,
          )
        : numberColumn(column, rows, number, isIdentifier);
    const missing = words.get(column.name) ?? [];
    if (missing.length > 0) found.profile.missingWords = missing;
    const reading = readings?.get(column.name);
    return reading === undefined ? found : { ...found, schema: { ...found.schema, reading } };
  });
  return {
    schema: { columns: profiled.map(({ schema }) => schema) },
    profile: { rows, columns: shownProfiles(profiled.map(({ profile }) => profile)) },
  };
}

/** Values as they are written, missing-value words among them. */
function countedPlainly(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
): Promise<ValueCounts[]> {
  const plain = columns.map(({ name, type }) => ({ name, type }));
  return workspace.counts(files, plain, TOP_VALUES);
}

type WordCounts = { value: string; count: number }[];

/** How often each missing-value word stands in text columns: by their values where those are few, else by another pass. */
async function countWords(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly StoredColumn[],
  values: ReadonlyMap<string, ValueCounts>,
  missingWords: readonly string[],
): Promise<Map<string, WordCounts>> {
  const isWord = new Set(missingWords);
  const isKnown = ({ name }: StoredColumn) => values.get(name)!.distinct <= values.get(name)!.top.length;
  const others = columns.filter((column) => !isKnown(column));
  const counted = others.length === 0 ? [] : await workspace.wordCounts(files, others, missingWords);
  const words = byName(others, counted);
  for (const column of columns.filter(isKnown)) {
    const { top } = values.get(column.name)!;
    words.set(
      column.name,
      top.filter(({ value }) => isWord.has(value)),
    );
  }
  return words;
}

function withMissing(column: StoredColumn, words: readonly { value: string }[] = []): StoredColumn {
  const { name, type } = column;
  return words.length === 0 ? { name, type } : { name, type, missing: words.map(({ value }) => value) };
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

function numberColumn(
  { name, type }: StoredColumn,
  rows: number,
  found: NumberProfile,
  isIdentifier: boolean,
): Profiled {
  const column = { name, type };
  const { summary, distinct, distinctApproximate, numeric } = found;
  const { whole, min, max, present } = summary;
  const role = isIdentifier
    ? 'identifier'
    : inferRole({ ...column, rows, present, distinct, whole, min, max });
  const missing = rows - present;
  const schema: ColumnSchema = { ...column, role, nullable: missing > 0 };
  if (column.type === 'number') schema.integer = whole && present > 0;
  const profile: ColumnProfile = { ...column, role, rows, missing, distinct, distinctApproximate, notes: [] };
  if (numeric !== undefined) profile.numeric = numeric;
  if (found.codes !== undefined && role !== 'identifier') profile.codes = found.codes;
  return { schema, profile };
}

function valueColumn(
  stored: StoredColumn,
  rows: number,
  found: ValueCounts,
  isIdentifier: boolean,
): Profiled {
  const column = { name: stored.name, type: stored.type };
  const { present, distinct, top, meanLength, meanWords } = found;
  const evidence: RoleEvidence = {
    ...column,
    rows,
    present,
    // Where a text column has one value and words for a missing one, such as + and -, the words tell rows apart.
    distinct: distinct <= 1 ? distinct + (stored.missing?.length ?? 0) : distinct,
    top: top.map(({ value }) => value),
    meanLength,
    meanWords,
  };
  const role = isIdentifier ? 'identifier' : inferRole(evidence);
  const missing = rows - present;
  return {
    schema: {
      ...column,
      role,
      nullable: missing > 0,
      ...(stored.missing !== undefined && { missing: [...stored.missing] }),
    },
    profile: { ...column, role, rows, missing, distinct, distinctApproximate: false, top, notes: [] },
  };
}

function byName<T>(columns: readonly StoredColumn[], items: readonly T[]): Map<string, T> {
  return new Map(columns.map(({ name }, i) => [name, items[i]!]));
}
