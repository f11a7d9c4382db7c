import type { ColumnReading, DateOrder, ReadOptions } from '@slipway/contract';
import { fail } from '@slipway/contract';
import type { OpenSource, SourceColumn } from './open-source.ts';
import type { CodeTrial, RawKind, Reading, TableSource, Tally, Trial, Workspace } from './ports.ts';
import { typeOf } from './readings/column-reading.ts';
import { DIGIT_FORMATS, formsOfOrder, orderOf } from './readings/date-formats.ts';
import {
  type Possible,
  possibleReadings,
  readingsOfKind,
  textReadings,
  unitReadings,
  type WritingHints,
} from './readings/guess-readings.ts';
import { unitOf } from './readings/number-unit.ts';
import { isMissingWord } from './settings.ts';

const STRING: Reading = { as: 'string' };
const CODE: CodeTrial = { as: 'code' };

/** So many of the least and greatest values are looked at where the first records say nothing. */
const EXTREMES = 100;

/** A column with the reading that its values decided on, and what they say about others. */
export type Decided = {
  column: SourceColumn;
  reading: Reading;
  /** Values that do not fit and are stored as missing; 0 unless the reading is not that of text. */
  odd: number;
  present: number | null;
  /** Of text: the reading that most values fit, and how many do not. */
  near: { reading: Reading; against: number } | null;
  /** Of text: whether codes among its values keep it from being numbers. */
  isCode: boolean;
  /** Of dates in numbers: whether another order of day and month fits all values too, and why this one was taken. */
  ambiguous: 'told' | 'other-columns' | 'decimal-comma' | 'default' | null;
};

export type DecideOptions = {
  hints: WritingHints;
  options: Pick<ReadOptions, 'types' | 'dateOrder'>;
  /** Share of the present values of a column that may not fit its reading. */
  maxUnreadableShare: number;
};

type Candidate = { column: SourceColumn; possible: Possible; wanted: ColumnReading['as'] | undefined };

/**
 * How the columns of a dataset's first file are read. The first records suggest, the engine checks all rows: `store` is
 * tried with what the first records allow, and where that does not hold, or only nearly, every value is counted. A reading
 * that all values fit is taken; else the one with the fewest values against it, if those are few; else the column is text.
 */
export async function decideColumns(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  decide: DecideOptions,
): Promise<{ decided: Decided[]; isCertain: boolean }> {
  const candidates = await candidatesOf(workspace, table, source, decide);
  const order = fileOrder(candidates, source, decide);
  const isDoubtful = ({ possible, wanted }: Candidate) =>
    wanted !== undefined || (possible.clean.length === 0 && possible.near.length > 0);
  if (!candidates.some(isDoubtful))
    return { decided: candidates.map((one) => cleanly(one, order)), isCertain: false };
  return { decided: await overAllRows(workspace, table, { candidates, order, decide }), isCertain: true };
}

/** As {@link decideColumns} when what the first records allow did not hold: every value decides. */
export async function decideByAllRows(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  decide: DecideOptions,
): Promise<Decided[]> {
  const candidates = await candidatesOf(workspace, table, source, decide);
  return overAllRows(workspace, table, { candidates, order: fileOrder(candidates, source, decide), decide });
}

async function candidatesOf(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  { hints, options }: DecideOptions,
): Promise<Candidate[]> {
  const types = typesOf(source, options.types);
  const samples = await samplesOf(workspace, table, source, hints);
  return source.columns.map((column, i): Candidate => {
    const wanted = types.get(column.name);
    const sample = samples[i];
    const readings = readingsOf({ kind: column.kind, sample }, wanted, hints, options);
    if (sample === undefined) return { column, wanted, possible: { clean: readings, near: [], code: null } };
    return { column, wanted, possible: possibleReadings(sample, readings, hints.missingWords) ?? NOTHING };
  });
}

/**
 * Values of each column whose source says no more than that they are text: those of the first records, or where these are not
 * known or hold none, the least and greatest of all. Undefined for columns with a type of their own.
 */
async function samplesOf(
  workspace: Workspace,
  table: TableSource,
  { columns }: OpenSource,
  { missingWords }: WritingHints,
): Promise<(readonly string[] | undefined)[]> {
  const known = columns.map(
    ({ sample }) => sample?.some((value) => !isMissingWord(value, missingWords)) ?? false,
  );
  const isWritten = ({ kind }: SourceColumn) => kind === 'text' || kind === 'number-text';
  const unseen = columns.filter((column, i) => !known[i] && isWritten(column));
  const found = unseen.length === 0 ? [] : await workspace.extremes(table, unseen, EXTREMES);
  const extremes = new Map(unseen.map((column, place) => [column, found[place]!]));
  return columns.map((column, i) => (known[i] ? column.sample! : extremes.get(column)));
}

const NOTHING: Possible = { clean: [], near: [], code: null };

/** Throws `request.invalid` for a type of a column that the file lacks. */
function typesOf(source: OpenSource, types: ReadOptions['types'] = {}): Map<string, ColumnReading['as']> {
  const names = new Set(source.columns.map(({ name }) => name));
  const told = new Map(Object.entries(types));
  for (const name of told.keys()) {
    if (names.has(name)) continue;
    const reason = `there is no column ${name} whose type could be set; the file has ${[...names].slice(0, 20).join(', ')}`;
    throw fail('request.invalid', { reason }, { path: `types.${name}` });
  }
  return told;
}

function readingsOf(
  { kind, sample = [] }: { kind: RawKind; sample: readonly string[] | undefined },
  wanted: ColumnReading['as'] | undefined,
  hints: WritingHints,
  { dateOrder }: DecideOptions['options'],
): Reading[] {
  if (wanted === 'string') return [];
  const all =
    kind === 'text'
      ? [...textReadings(hints), ...unitReadings(unitOf(sample), hints)]
      : readingsOfKind(kind, hints.timeZone);
  const ofType = wanted === undefined ? all : readingsGiven(all, wanted, kind, hints);
  if (dateOrder === undefined) return ofType;
  const allowed = new Set([...formsOfOrder(dateOrder), ...DIGIT_FORMATS].map(({ format }) => format));
  return ofType.filter(
    (reading) =>
      reading.as !== 'timestamp' ||
      reading.forms.every(({ format }) => format === 'native' || allowed.has(format)),
  );
}

/** The readings of a type that the user gives: text of digits alone may be dates then, and numbers stay numbers. */
function readingsGiven(
  all: readonly Reading[],
  wanted: ColumnReading['as'],
  kind: SourceColumn['kind'],
  { timeZone }: WritingHints,
): Reading[] {
  const ofType = all.filter((reading) => typeOf(reading) === wanted);
  if (wanted === 'number') return ofType.map((reading) => ({ ...reading, isGiven: true }) as Reading);
  if (wanted !== 'timestamp' || kind !== 'text') return ofType;
  return [...ofType, ...DIGIT_FORMATS.map((form): Reading => ({ as: 'timestamp', forms: [form], timeZone }))];
}

type FileOrder = { order: DateOrder; by: NonNullable<Decided['ambiguous']> };

/**
 * Which of day and month comes first where a column leaves it open: as the user says; else as the other columns of the file
 * have it; else the day, where numbers have a decimal comma; else the month.
 */
function fileOrder(
  candidates: readonly Candidate[],
  source: OpenSource,
  { options }: DecideOptions,
): FileOrder {
  if (options.dateOrder !== undefined) return { order: options.dateOrder, by: 'told' };
  const certain = new Set(
    candidates.flatMap(({ possible }) => {
      const orders = ordersOf(possible.clean);
      return orders.size === 1 ? [...orders] : [];
    }),
  );
  const [only, ...more] = certain;
  if (only !== undefined && more.length === 0) return { order: only, by: 'other-columns' };
  if (source.decimal === ',') return { order: 'dmy', by: 'decimal-comma' };
  return { order: 'mdy', by: 'default' };
}

function ordersOf(readings: readonly Reading[]): Set<DateOrder> {
  const orders = readings.flatMap((reading) =>
    reading.as === 'timestamp' ? reading.forms.map(orderOf) : [],
  );
  return new Set(orders.filter((order): order is DateOrder => order !== null));
}

function cleanly({ column, possible }: Candidate, order: FileOrder): Decided {
  const { reading, ambiguous } = chosenOf(possible.clean, order);
  const isCode = possible.code !== null && possible.clean.length === 0;
  return { column, reading: reading ?? STRING, odd: 0, present: null, near: null, isCode, ambiguous };
}

/** The first of the readings that all values fit; of dates that fit two orders, the file's. */
function chosenOf(
  clean: readonly Reading[],
  { order, by }: FileOrder,
): { reading: Reading | undefined; ambiguous: Decided['ambiguous'] } {
  const [first] = clean;
  const isOpen = first !== undefined && ordersOf([first]).size > 0 && ordersOf(clean).size > 1;
  if (!isOpen) return { reading: first, ambiguous: null };
  const fitting = clean.find((reading) => ordersOf([reading]).has(order));
  return { reading: fitting ?? first, ambiguous: by };
}

async function overAllRows(
  workspace: Workspace,
  table: TableSource,
  {
    candidates,
    order,
    decide,
  }: { candidates: readonly Candidate[]; order: FileOrder; decide: DecideOptions },
): Promise<Decided[]> {
  const tried = candidates.map(({ possible }) => [...possible.clean, ...possible.near]);
  const trials = candidates.flatMap(({ column }, i): Trial[] => [
    ...tried[i]!.map((reading) => ({ from: column, reading })),
    { from: column, reading: column.kind === 'text' ? CODE : STRING },
  ]);
  const tallies = await workspace.tally(table, trials);
  let next = 0;
  return candidates.map((candidate, i) => {
    const own = tallies.slice(next, next + tried[i]!.length + 1);
    next += own.length;
    return decideOne(candidate, tried[i]!, own, { order, decide });
  });
}

function decideOne(
  { column, possible, wanted }: Candidate,
  tried: readonly Reading[],
  tallies: readonly Tally[],
  { order, decide }: { order: FileOrder; decide: DecideOptions },
): Decided {
  const codes = tallies.at(-1)!.against;
  const { present } = tallies.at(-1)!;
  const isNumber = (reading: Reading) => typeOf(reading) === 'number';
  const counted = tried.map((reading, i) => ({ reading, against: tallies[i]!.against }));
  const allowed = counted.filter(({ reading }) => codes === 0 || wanted === 'number' || !isNumber(reading));
  const fitting = allowed.filter(({ against }) => against === 0).map(({ reading }) => reading);
  const { reading, ambiguous } = chosenOf(fitting, order);
  const base = { column, present, near: null, isCode: false, ambiguous };
  if (reading !== undefined) return { ...base, reading, odd: 0 };
  const best = leastAgainst(allowed, order);
  const most = Math.floor(present * decide.maxUnreadableShare);
  if (best !== undefined && (wanted !== undefined ? best.against < present : best.against <= most))
    return { ...base, reading: best.reading, odd: best.against };
  if (wanted !== undefined && wanted !== 'string' && present > 0)
    throw fail(
      'request.invalid',
      { reason: `no value of the column ${column.name} can be read as ${wanted}` },
      { path: `types.${column.name}` },
    );
  const numbersFit = counted.some(({ reading: one, against }) => isNumber(one) && against * 2 <= present);
  const isWholeNumber = column.kind === 'integer' || column.kind === 'number-text';
  const isCode = isWholeNumber || possible.code !== null || (codes > 0 && numbersFit);
  const near = best !== undefined && best.against * 2 <= present && !isCode ? best : null;
  return { ...base, reading: STRING, odd: 0, near, isCode };
}

function leastAgainst(
  counted: readonly { reading: Reading; against: number }[],
  { order }: FileOrder,
): { reading: Reading; against: number } | undefined {
  const inOrder = counted.toSorted((a, b) => a.against - b.against);
  const least = inOrder.filter(({ against }) => against === inOrder[0]!.against);
  return least.find(({ reading }) => ordersOf([reading]).has(order)) ?? least[0];
}
