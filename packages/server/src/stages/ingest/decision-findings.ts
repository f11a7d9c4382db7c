import type { IngestFinding, NumberUnit } from '@slipway/contract';
import type { Decided, DecideOptions } from './decide-columns.ts';
import type { OpenSource } from './open-source.ts';
import type { OddValue, RawKind, Reading, TableSource, Trial, Workspace } from './ports.ts';
import { orderOf } from './readings/date-formats.ts';

/** So many values of a column are named. */
const VALUES_NAMED = 10;
/** A value is shown up to so many characters. */
const VALUE_SHOWN = 200;
/** Of so many columns at most it is said why they are text: each takes a pass over the file. */
const TEXTS_EXPLAINED = 50;

export type DecidedFile = {
  source: OpenSource;
  decided: readonly Decided[];
  decide: DecideOptions;
  rows: number;
};

/** What a reader should know about how the columns of a file were read: marks, orders, values that were not read. */
export async function decisionFindings(
  workspace: Workspace,
  table: TableSource,
  { source, decided, decide }: DecidedFile,
): Promise<IngestFinding[]> {
  return [
    ...decimalFindings(source, decided),
    ...decided.flatMap(thousandsFinding),
    ...decided.flatMap((one) => orderFinding(one, decide.options.dateOrder !== undefined)),
    ...decided.flatMap(unitFinding),
    ...(await oddFindings(workspace, table, source, decided)),
    ...(await textFindings(workspace, table, source, decided, decide)),
  ];
}

function decimalFindings(source: OpenSource, decided: readonly Decided[]): IngestFinding[] {
  const commas = decided.filter(({ reading }) => 'decimal' in reading && reading.decimal === ',');
  if (source.decimal !== ',' || commas.length === 0) return [];
  const names = commas.map(({ column }) => column.name);
  const isBetweenCommas = source.form?.format === 'csv' && source.form.delimiter === ',';
  return [
    {
      code: 'decimal-mark',
      severity: isBetweenCommas ? 'warning' : 'info',
      message: `Numbers are read with a decimal comma: ${named(names)}.${isBetweenCommas ? ' The comma divides the fields too.' : ''}`,
      count: names.length,
      override: '--decimal .',
    },
  ];
}

function thousandsFinding({ column, reading }: Decided): IngestFinding[] {
  if (!('thousands' in reading) || reading.thousands === '') return [];
  const { decimal, thousands } = reading;
  return [
    {
      code: 'thousands-mark',
      severity: 'warning',
      column: column.name,
      message: `In ${column.name} "${thousands}" is read as the mark between thousands: 1${thousands}234 is one thousand two hundred thirty-four.`,
      override: decimal === '.' && thousands === ',' ? '--decimal ,' : `--types ${column.name}:string`,
    },
  ];
}

const ORDER_TOLD = { dmy: 'the day first', mdy: 'the month first', ymd: 'the year first' } as const;

function orderFinding({ column, reading, ambiguous: open }: Decided, isTold: boolean): IngestFinding[] {
  const ambiguous = isTold ? 'told' : open;
  if (reading.as !== 'timestamp') return [];
  const order = reading.forms.map(orderOf).find((one) => one !== null) ?? null;
  if (order === null) return [];
  const how = `Dates of ${column.name} are read with ${ORDER_TOLD[order]}`;
  const other = order === 'dmy' ? 'mdy' : 'dmy';
  const why = {
    told: 'as told',
    'other-columns': 'as the other dates of the file are; every value could be read either way',
    'decimal-comma':
      'since the numbers of the file have a decimal comma; every value could be read either way',
    default: 'by default; every value could be read either way',
  };
  return [
    {
      code: 'date-order',
      severity: ambiguous === 'default' || ambiguous === 'decimal-comma' ? 'warning' : 'info',
      column: column.name,
      message: ambiguous === null ? `${how}: other values leave no doubt.` : `${how}, ${why[ambiguous]}.`,
      override: `--date-order ${other}`,
    },
  ];
}

/** A number with a sign of currency, a percent sign, a unit behind a space, or in brackets as bookkeepers write losses. */
const WITH_UNIT =
  /^(?:[$€£¥₹]\s?[-+]?\d[\d.,' \u00a0\u202f]*|[-+]?\d[\d.,' \u00a0\u202f]*(?:[%‰$€£¥₹]|\s[a-zA-Zµ°Ω²³/%]{1,5})|\(\d[\d.,]*\))$/;
/** A time of the day, or how long something took: `13:45`, `00:03:25`, `56:09.181`. */
const CLOCK = /^-?\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,9})?$/;
/** So many values are looked at, and so large a share of them must have a unit. */
const UNITS_SEEN = 500;
const UNITS_SHARE = 0.8;

/** The unit that numbers are in, or that they are text because of their units or colons. */
function unitFinding({ column, reading, near, isCode }: Decided): IngestFinding[] {
  if ('unit' in reading && reading.unit !== undefined) return [unitRead(column, reading.unit)];
  if (reading.as !== 'string' || near !== null || isCode || column.sample === null) return [];
  const present = column.sample
    .slice(0, UNITS_SEEN)
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return (
    textBecause(column.name, present, WITH_UNIT, {
      are: 'numbers with different units',
      instead: 'Write all in one unit, or the numbers alone, to have a number column.',
    }) ??
    textBecause(column.name, present, CLOCK, {
      are: 'times of the day or durations',
      instead: 'Write them as numbers, such as seconds, or with their day, to have a number or a time.',
    }) ??
    []
  );
}

/** That a column is text since nearly all its values are written so; undefined where they are not. */
function textBecause(
  column: string,
  values: readonly string[],
  pattern: RegExp,
  { are, instead }: { are: string; instead: string },
): IngestFinding[] | undefined {
  const such = values.filter((value) => pattern.test(value));
  const [first] = such;
  if (first === undefined || such.length < values.length * UNITS_SHARE) return undefined;
  return [
    {
      code: 'column-text',
      severity: 'warning',
      column,
      value: first.slice(0, VALUE_SHOWN),
      message: `${column} is kept as text: its values are ${are}, such as ${shownValue(first)}. ${instead}`,
    },
  ];
}

function unitRead(column: Decided['column'], unit: NumberUnit): IngestFinding {
  const text = `${unit.before}${unit.after}`;
  const shows = (value: string) => (text === '' ? /^\(|-$/.test(value.trim()) : value.includes(text));
  const example = column.sample?.find(shows);
  const such = example === undefined ? '' : `, such as ${shownValue(example.trim())}`;
  const means =
    text === ''
      ? 'numbers, those in brackets or before a minus negative'
      : `numbers in ${text}, which are stored without it`;
  return {
    code: 'number-unit',
    severity: 'info',
    column: column.name,
    value: text,
    message: `${column.name} holds ${means}${such}.`,
    override: `--types ${column.name}:string`,
  };
}

async function oddFindings(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  decided: readonly Decided[],
): Promise<IngestFinding[]> {
  const odd = decided.filter((one) => one.odd > 0);
  if (odd.length === 0) return [];
  const trials = odd.map(({ column, reading }): Trial => ({ from: column, reading }));
  const values = await located(workspace, table, source, trials, VALUES_NAMED);
  return odd.map((one, i) => oddFinding(one, values[i]!));
}

function oddFinding({ column, reading, odd, present }: Decided, values: readonly Located[]): IngestFinding {
  return unreadValues({ column: column.name, kind: kindInWords(reading), odd, present, values });
}

/** The finding about values of a column that were stored as missing. */
export function unreadValues(of: {
  column: string;
  kind: string;
  odd: number;
  present: number | null;
  values: readonly Located[];
}): IngestFinding {
  const { column, kind, odd, present, values } = of;
  const [first] = values;
  const count = odd.toLocaleString('en');
  const subject =
    present === null
      ? `${count} values of ${column}`
      : `${count} of ${present.toLocaleString('en')} values of ${column}`;
  const more = odd > values.length ? ', …' : '';
  const shown = values.map((value) => `${shownValue(value.value)}${placeOf(value)}`).join(', ');
  return {
    code: 'value-not-read',
    severity: 'warning',
    column,
    message: `${subject} ${notA(kind, odd)} and ${odd === 1 ? 'was' : 'were'} read as missing: ${shown}${more}.`,
    ...(first?.line !== null && first !== undefined && { line: first.line }),
    ...(first !== undefined && { value: first.value.slice(0, VALUE_SHOWN) }),
    count: odd,
    override: `--types ${column}:string`,
  };
}

async function textFindings(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
  decided: readonly Decided[],
  { maxUnreadableShare }: DecideOptions,
): Promise<IngestFinding[]> {
  const near = decided.filter((one) => one.near !== null || one.isCode);
  const explained = near.slice(0, TEXTS_EXPLAINED);
  if (explained.length === 0) return [];
  const trials = explained.map(
    ({ column, near: nearly }): Trial => ({
      from: column,
      reading: nearly?.reading ?? codeTrial(column.kind),
    }),
  );
  const values = await located(workspace, table, source, trials, 1);
  return explained.flatMap((one, i) => textFinding(one, values[i]![0], maxUnreadableShare));
}

/** What finds the codes of a column: of a source with types, whole numbers that a 64-bit float does not hold. */
function codeTrial(kind: RawKind): Trial['reading'] {
  return kind === 'text' ? { as: 'code' } : { as: 'integer', decimal: '.', thousands: '' };
}

function textFinding(
  { column, near, present }: Decided,
  first: Located | undefined,
  maxUnreadableShare: number,
): IngestFinding[] {
  if (first === undefined) return [];
  const at = {
    column: column.name,
    ...(first.line !== null && { line: first.line }),
    value: first.value.slice(0, VALUE_SHOWN),
  };
  if (near === null)
    return [
      {
        code: 'codes-kept',
        severity: 'info',
        ...at,
        message: `${column.name} is kept as text: ${shownValue(first.value)}${placeOf(first)} is a code, which a number would not keep.`,
        override: `--types ${column.name}:number`,
      },
    ];
  const share = percent(near.against / Math.max(1, present ?? 0));
  return [
    {
      code: 'column-text',
      severity: 'warning',
      ...at,
      count: near.against,
      message: `${column.name} is kept as text: ${near.against.toLocaleString('en')} of its values (${share}) ${notA(kindInWords(near.reading), near.against)}, first ${shownValue(first.value)}${placeOf(first)}; more than ${percent(maxUnreadableShare)} makes a column text.`,
      override: `--types ${column.name}:${near.reading.as === 'integer' ? 'number' : near.reading.as}`,
    },
  ];
}

/** A value with its line of the file, where the format has lines. */
export type Located = OddValue & { line: number | null };

/** The first values that each trial objects to, with their lines. */
export async function located(
  workspace: Workspace,
  table: TableSource,
  source: Pick<OpenSource, 'linesOf'>,
  trials: readonly Trial[],
  limit: number,
): Promise<Located[][]> {
  const values = await workspace.oddValues(table, trials, limit);
  const rows = values.flat().map(({ row }) => row);
  const lines = rows.length === 0 ? [] : await source.linesOf(rows);
  let next = 0;
  return values.map((some) => some.map((value) => ({ ...value, line: lines[next++] ?? null })));
}

const KIND: Record<Reading['as'], string> = {
  string: 'text',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  timestamp: 'date',
};

function notA(kind: string, count: number): string {
  return count === 1 ? `is not a ${kind}` : `are not ${kind.replace(/^\w+/, '$&s')}`;
}

/** A kind of value, with the unit of numbers that have one: `number in %`. */
export function kindInWords(reading: Reading): string {
  const unit =
    'unit' in reading && reading.unit !== undefined ? `${reading.unit.before}${reading.unit.after}` : '';
  return unit === '' ? KIND[reading.as] : `${KIND[reading.as]} in ${unit}`;
}

export function shownValue(value: string): string {
  const shown = value.length > 40 ? `${value.slice(0, 40)}…` : value;
  return JSON.stringify(shown);
}

export function placeOf({ row, line }: Located): string {
  return line === null
    ? ` in row ${(row + 1).toLocaleString('en')}`
    : ` on line ${line.toLocaleString('en')}`;
}

function named(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}

function percent(share: number): string {
  return `${(share * 100).toLocaleString('en', { maximumSignificantDigits: 2 })} %`;
}
