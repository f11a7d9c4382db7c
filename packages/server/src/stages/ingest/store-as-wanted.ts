import type { ColumnReading, IngestFinding, ReadOptions } from '@slipway/contract';
import { fail, type SlipwayError } from '@slipway/contract';
import { type Decided, type DecideOptions, decideByAllRows, decideColumns } from './decide-columns.ts';
import { kindInWords, type Located, located, shownValue, unreadValues } from './decision-findings.ts';
import type { ColumnType } from './model.ts';
import type { OpenSource, SourceColumn } from './open-source.ts';
import type { PlannedColumn, Reading, StoredColumn, TableSource, Trial, Workspace } from './ports.ts';
import { missingWordsOf, writingHints } from './reading-rules.ts';
import { heldBy, readingsFor, readingsOfType, typeOf } from './readings/column-reading.ts';
import { nativeTimeFindings, offsetFindings, withOffsets } from './readings/offset-runs.ts';
import { overReadable, withWords } from './store-decided.ts';

/** A column as a dataset or a model has it. Without a reading, whatever gives the type is taken. */
export type WantedColumn = { name: string; type: ColumnType; reading?: ColumnReading | undefined };

/** What a later file is read by. */
export type WantedTable = {
  columns: readonly WantedColumn[];
  missingWords?: readonly string[] | undefined;
};

export type WantedOptions = {
  file: string;
  /** What the user says about how this file is written; its values keep the meaning that the dataset gave them. */
  options?: ReadOptions | undefined;
  /** Columns that the file may lack; they are missing in every row. */
  mayLack: ReadonlySet<string>;
  /**
   * Share of the present values of a column that may not fit; they are missing then. 0 where every value must: for
   * predictions and labels.
   */
  maxUnreadableShare: number;
  /** What becomes of columns of the file that are not wanted: read by their own values, or left out. */
  others: 'keep' | 'leave-out';
  /** Whether the offsets from UTC that times carry are looked at; false when left out. */
  needsOffsets?: boolean;
};

export type StoredAsWanted = {
  path: string;
  rows: number;
  /** The wanted columns in their order, then the others of the file. */
  columns: StoredColumn[];
  findings: IngestFinding[];
  /** How the wanted columns were read. */
  plans: PlannedColumn[];
};

type Fitted = { wanted: WantedColumn; plan: PlannedColumn; odd: number; present: number | null };

/**
 * Stores a later file with the meaning that its dataset has: types, missing-value words, marks of numbers, the order of
 * dates and the time zone are those stored; how the file separates, quotes and encodes is its own.
 *
 * Throws `file.column-missing` for a wanted column that the file lacks, `file.column-spelling` where one has nearly its
 * name, `file.value-unreadable` with line and value, and what opening the file throws.
 */
export async function storeAsWanted(
  workspace: Workspace,
  source: OpenSource,
  wanted: WantedTable,
  options: WantedOptions,
): Promise<StoredAsWanted> {
  const matched = matchColumns(source, wanted.columns, options);
  const words = new Set(missingWordsOf(options.options ?? {}, wanted.missingWords));
  return overReadable(source, async (given) => {
    const table = withWords(given, words);
    const fitted = await fitColumns(workspace, table, source, { matched, options });
    const own = fitted.map(({ plan }) => plan);
    const others = otherColumns(source, own, options);
    const decide = decideOthers(source, words);
    const { decided } = await decideColumns(workspace, table, others, decide);
    let plans = [...own, ...decided.map(plannedAs)];
    let stored = await workspace.store(table, plans);
    if (stored === null) {
      plans = [...own, ...(await decideByAllRows(workspace, table, others, decide)).map(plannedAs)];
      stored = await workspace.store(table, plans);
    }
    if (stored === null) throw new Error('readings tried over all rows did not hold');
    const findings = await fittedFindings(workspace, table, source, fitted);
    const columns = plans.map(({ name, reading }) => storedColumn(name, reading, words));
    const read = options.needsOffsets ? await withOffsets(workspace, table, own, source.columns) : own;
    const zones = [...offsetFindings(read), ...fitted.flatMap((one) => nativeZone(one, options))];
    return { ...stored, columns, findings: [...findings, ...zones], plans: read };
  });
}

function nativeZone({ wanted, plan }: Fitted, { options = {} }: WantedOptions): IngestFinding[] {
  if (wanted.reading?.as !== 'timestamp' || plan.from?.kind !== 'timestamp') return [];
  return nativeTimeFindings([wanted.name], options.timeZone ?? wanted.reading.timeZone);
}

/** Words of text count as missing wherever the column is read. */
function storedColumn(name: string, reading: Reading, words: ReadonlySet<string>): StoredColumn {
  const type = typeOf(reading);
  return type === 'string' ? { name, type, missing: [...words] } : { name, type };
}

type Matched = { wanted: WantedColumn; column: SourceColumn | null };

function matchColumns(
  source: OpenSource,
  wanted: readonly WantedColumn[],
  { file, mayLack }: WantedOptions,
): Matched[] {
  const byName = new Map(source.columns.map((column) => [column.name, column]));
  const known = new Set(wanted.map(({ name }) => name));
  const bySpelling = new Map(
    source.columns.filter(({ name }) => !known.has(name)).map(({ name }) => [spelling(name), name]),
  );
  return wanted.map((one) => {
    const column = byName.get(one.name) ?? null;
    if (column !== null) return { wanted: one, column };
    const near = bySpelling.get(spelling(one.name));
    if (near !== undefined)
      throw fail('file.column-spelling', { file, found: near, column: one.name }, { path: one.name });
    if (!mayLack.has(one.name)) throw missingColumn(file, one.name, source);
    return { wanted: one, column: null };
  });
}

/** Equal for names that differ in case, spaces or Unicode form only. */
export function spelling(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
}

function missingColumn(file: string, column: string, { columns }: OpenSource): SlipwayError {
  const names = columns.map(({ name }) => name);
  const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
  const told = `${names.slice(0, 20).join(', ')}${more}`;
  return fail('file.column-missing', { file, column, columns: told }, { path: column });
}

async function fitColumns(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  { matched, options }: { matched: readonly Matched[]; options: WantedOptions },
): Promise<Fitted[]> {
  const tried = matched.map(({ wanted, column }) => triedReadings(wanted, column, source, options));
  const trials = matched.flatMap(({ column }, i) => (column === null ? [] : trialsOf(column, tried[i]!)));
  const tallies = trials.length === 0 ? [] : await workspace.tally(table, trials);
  let next = 0;
  const fitted: Fitted[] = [];
  for (const [i, { wanted, column }] of matched.entries()) {
    if (column === null) {
      fitted.push({
        wanted,
        plan: { name: wanted.name, from: null, reading: tried[i]![0]! },
        odd: 0,
        present: null,
      });
      continue;
    }
    const own = tallies.slice(next, next + trialsOf(column, tried[i]!).length);
    next += own.length;
    const from = { path: column.path, kind: column.kind };
    const counted = tried[i]!.map((reading, k) => ({ reading, ...(own[k] ?? NONE) }));
    const least = counted.reduce<(typeof counted)[number] | undefined>(
      (best, one) => (best === undefined || one.against < best.against ? one : best),
      undefined,
    );
    if (least !== undefined && least.against <= Math.floor(least.present * options.maxUnreadableShare)) {
      const { reading, against, present } = least;
      const plan = { name: wanted.name, from, reading, ...(against > 0 && { isLenient: true }) };
      fitted.push({ wanted, plan, odd: against, present });
      continue;
    }
    throw await unreadable(workspace, table, source, { wanted, column, least, options });
  }
  return fitted;
}

const NONE = { present: 0, against: 0 };

/** Text is never against being text. */
function trialsOf(column: SourceColumn, readings: readonly Reading[]): Trial[] {
  return readings.filter(({ as }) => as !== 'string').map((reading) => ({ from: column, reading }));
}

function triedReadings(
  wanted: WantedColumn,
  column: SourceColumn | null,
  { decimal }: OpenSource,
  { options = {} }: WantedOptions,
): Reading[] {
  const kind = column?.kind ?? 'text';
  const told = { ...options };
  return wanted.reading === undefined
    ? readingsOfType(wanted.type, kind, told.decimal ?? decimal)
    : readingsFor(wanted.reading, kind, told);
}

async function unreadable(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  {
    wanted,
    column,
    least,
    options,
  }: {
    wanted: WantedColumn;
    column: SourceColumn;
    least: { reading: Reading; present: number; against: number } | undefined;
    options: WantedOptions;
  },
): Promise<SlipwayError> {
  const trial: Trial = { from: column, reading: least?.reading ?? { as: 'string' } };
  const [[first] = []] = least === undefined ? [[]] : await located(workspace, table, source, [trial], 1);
  const expected = heldBy(wanted.reading ?? defaultReading(wanted.type));
  const details = {
    file: options.file,
    column: wanted.name,
    expected,
    value: first === undefined ? `a ${column.kind}` : shownValue(first.value),
    place: first === undefined ? 'A row' : rowInWords(first),
    row: first === undefined ? null : first.row + 1,
    line: first?.line ?? null,
    count: least?.against ?? 0,
    present: least?.present ?? 0,
    flag: flagFor(wanted),
  };
  return fail('file.value-unreadable', details, { path: wanted.name });
}

function rowInWords({ row, line }: Located): string {
  return line === null ? `Row ${row + 1}` : `Row ${row + 1} (line ${line})`;
}

function defaultReading(type: ColumnType): ColumnReading {
  if (type === 'number') return { as: 'number', decimal: '.', thousands: '' };
  if (type === 'timestamp') return { as: 'timestamp', formats: [], order: null, timeZone: 'UTC' };
  return { as: type };
}

/** The options that say how this file is written. */
function flagFor({ type }: WantedColumn): string {
  if (type === 'number')
    return '`--decimal` for the decimal mark, `--missing` for words that mean a missing value';
  if (type === 'timestamp')
    return '`--date-order` for the order of day and month, `--missing` for words that mean a missing value';
  return '`--missing` for words that mean a missing value';
}

/** The file without the columns that are wanted, or without any column when others are left out. */
function otherColumns(
  source: OpenSource,
  own: readonly PlannedColumn[],
  { others }: WantedOptions,
): OpenSource {
  const taken = new Set(own.map(({ name }) => name));
  const columns = others === 'keep' ? source.columns.filter(({ name }) => !taken.has(name)) : [];
  return { ...source, columns };
}

/** Others are kept beside, so a single odd value makes them text. */
function decideOthers(source: OpenSource, words: ReadonlySet<string>): DecideOptions {
  const hints = { ...writingHints(source, {}), missingWords: words };
  return { hints, options: {}, maxUnreadableShare: 0 };
}

function plannedAs({ column: { name, path, kind }, reading }: Decided): PlannedColumn {
  return { name, from: { path, kind }, reading };
}

async function fittedFindings(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  fitted: readonly Fitted[],
): Promise<IngestFinding[]> {
  const odd = fitted.filter((one) => one.odd > 0);
  const trials = odd.map(({ plan }): Trial => ({ from: plan.from!, reading: plan.reading }));
  const values = odd.length === 0 ? [] : await located(workspace, table, source, trials, 10);
  return [
    ...odd.map(({ plan, odd: count, present }, i) =>
      unreadValues({
        column: plan.name,
        kind: kindInWords(plan.reading),
        odd: count,
        present,
        values: values[i]!,
      }),
    ),
    ...fitted.flatMap(newMark),
    ...fitted.flatMap(({ plan }): IngestFinding[] => (plan.from === null ? [absent(plan.name)] : [])),
  ];
}

/** Marks between groups that the dataset did not have before. */
function newMark({ wanted, plan: { name, reading } }: Fitted): IngestFinding[] {
  if (!('thousands' in reading) || reading.thousands === '' || wanted.reading?.as !== 'number') return [];
  if (reading.thousands === wanted.reading.thousands) return [];
  return [
    {
      code: 'thousands-mark',
      severity: 'warning',
      column: name,
      message: `In ${name} "${reading.thousands}" is read as the mark between thousands, since the dataset holds ${heldBy(wanted.reading)}.`,
      override: `--decimal ${reading.thousands === '.' ? '.' : ','}`,
    },
  ];
}

function absent(column: string): IngestFinding {
  return {
    code: 'column-absent',
    severity: 'warning',
    column,
    message: `The file has no column ${column}; it is missing in every row.`,
  };
}
