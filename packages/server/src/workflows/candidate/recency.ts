import { fail, type Recency, recencyInWords } from '@slipway/contract';
import { type Column, columnNamed, type Table, type TableSchema } from '../../stages/ingest/index.ts';

const DAY_MS = 86_400_000;

/** Fewer training rows than this teach nothing that a hold-out could confirm. */
const LEAST_ROWS = 20;

/** Of a row however old, so that no sum of weights is zero. */
const LEAST_WEIGHT = 1e-6;

export type RecencyRequest = {
  recency: Recency;
  /** The column that the model was told orders the rows in time. */
  timeColumn: string | null;
  target: string;
  /** Whether the target's values are classes. */
  byClass: boolean;
  /** Name of the dataset, for messages. */
  dataset: string;
};

export type RecentRows = {
  /** Training rows that are used, ascending. */
  rows: Int32Array;
  /** How much a row of the table counts, 0 to 1; undefined when the rows of the window count alike. */
  weightOf: ((row: number) => number) | undefined;
  /** Which rows, by which column, in a sentence. */
  says: string;
};

/**
 * The training rows that a retraining uses, or how much each counts. The hold-out is not touched. A row's age comes from
 * `recency.by`, else from the time column that the model was trained with, else, for days, from the only timestamp column of
 * the dataset, and, for rows, from the order in which the rows were appended. Rows without a time are outside every window and
 * weigh as the oldest.
 *
 * Throws `recency.unfit` when no column tells the age, or when the window leaves too little to learn from.
 */
export function recentRows(
  table: Table,
  schema: TableSchema,
  train: Int32Array,
  request: RecencyRequest,
): RecentRows {
  const { recency } = request;
  const { rows, weightOf } = chosenByRecency(table, schema, train, request);
  const order = orderOf(table, schema, request);
  const by = order === undefined ? 'by the order in which they were appended' : `by ${order.name}`;
  if (weightOf !== undefined) {
    const unit = recency.halfLifeDays === undefined ? 'rows' : 'days';
    const halfLife = recency.halfLifeDays ?? recency.halfLifeRows;
    const says = `Recency: all ${count(train)} training rows, ${by}, each weighted with a half-life of ${halfLife} ${unit}.`;
    return { rows, weightOf, says };
  }
  refuseThin(table, { all: train, recent: rows }, request);
  const from = order === undefined ? '' : ` (from ${oldestOf(rows, order)} on)`;
  const says = `Recency: ${recencyInWords({ ...recency, by: undefined })}, ${by}${from}: ${count(rows)} of ${count(train)} training rows. The hold-out is unchanged.`;
  return { rows, weightOf, says };
}

/** Those of the rows that are recent, however few, or how much each of them counts. Throws `recency.unfit` when no column tells the age. */
export function chosenByRecency(
  table: Table,
  schema: TableSchema,
  all: Int32Array,
  request: Pick<RecencyRequest, 'recency' | 'timeColumn' | 'dataset'>,
): Omit<RecentRows, 'says'> {
  const { recency } = request;
  const ages = agesOf(all, orderOf(table, schema, request), recency);
  const halfLife = recency.halfLifeDays ?? recency.halfLifeRows;
  if (halfLife !== undefined) {
    const weights = new Map(
      Array.from(all, (row, place) => [row, Math.max(LEAST_WEIGHT, 0.5 ** (ages[place]! / halfLife))]),
    );
    return { rows: all, weightOf: (row) => weights.get(row)! };
  }
  const isRecent = (age: number) => (recency.rows === undefined ? age <= recency.days! : age < recency.rows);
  return { rows: all.filter((_, place) => isRecent(ages[place]!)), weightOf: undefined };
}

type Ordering = Extract<Column, { values: Float64Array }>;

/** The column that tells how new a row is; undefined for the order of the table. */
function orderOf(
  table: Table,
  schema: TableSchema,
  { recency, timeColumn, dataset }: Pick<RecencyRequest, 'recency' | 'timeColumn' | 'dataset'>,
): Ordering | undefined {
  const inDays = recency.days !== undefined || recency.halfLifeDays !== undefined;
  const times = schema.columns.filter(({ type }) => type === 'timestamp').map(({ name }) => name);
  const name = recency.by ?? timeColumn ?? (inDays && times.length === 1 ? times[0] : undefined);
  const refuse = (reason: string) => fail('recency.unfit', { dataset, reason }, { path: 'recent.by' });
  if (name === undefined) {
    if (!inDays) return undefined;
    throw refuse(
      times.length === 0
        ? 'days need a timestamp column, and it has none'
        : `days need one timestamp column, and it has several: ${times.join(', ')}`,
    );
  }
  const column = columnNamed(table, name);
  if (column === undefined) throw refuse(`there is no column ${name}`);
  if (column.type !== 'timestamp' && (inDays || column.type !== 'number'))
    throw refuse(`the column ${name} holds values of type ${column.type}`);
  return column as Ordering;
}

/** Of each training row, in days before the newest, or in rows that are newer; Infinity where there is no time. */
function agesOf(train: Int32Array, order: Ordering | undefined, recency: Recency): Float64Array {
  const values = Float64Array.from(train, (row) => (order === undefined ? row : order.values[row]!));
  if (recency.days !== undefined || recency.halfLifeDays !== undefined) {
    const newest = values.reduce((most, value) => (value > most ? value : most), Number.NEGATIVE_INFINITY);
    const ages = values.map((value) => (newest - value) / DAY_MS);
    return recency.days === undefined
      ? withOldest(ages)
      : ages.map((age) => (Number.isNaN(age) ? Number.POSITIVE_INFINITY : age));
  }
  const timed = Int32Array.from(train.keys()).filter((place) => !Number.isNaN(values[place]!));
  // Of equal times the row that was appended later is the newer one.
  timed.sort((a, b) => values[b]! - values[a]! || b - a);
  const ages = new Float64Array(train.length).fill(
    recency.rows === undefined ? timed.length : Number.POSITIVE_INFINITY,
  );
  timed.forEach((place, rank) => {
    ages[place] = rank;
  });
  return ages;
}

/** A row without a time is as old as the oldest that has one. */
function withOldest(ages: Float64Array): Float64Array {
  const oldest = ages.reduce((most, age) => (age > most ? age : most), 0);
  return ages.map((age) => (Number.isNaN(age) ? oldest : age));
}

/** A class that the window lacks would be unknown to the model, and its held-out rows could not be compared. */
function refuseThin(
  table: Table,
  { all, recent }: { all: Int32Array; recent: Int32Array },
  { target, byClass, dataset }: RecencyRequest,
): void {
  const refuse = (reason: string) => fail('recency.unfit', { dataset, reason }, { path: 'recent' });
  if (recent.length < LEAST_ROWS)
    throw refuse(`the window leaves ${recent.length} training rows, and ${LEAST_ROWS} are needed`);
  const column = columnNamed(table, target);
  if (!byClass || column === undefined) return;
  const outcomeOf = (row: number) =>
    column.type === 'string' ? column.dictionary[column.codes[row]!]! : column.values[row]!;
  const present = new Set(Array.from(recent, outcomeOf));
  for (const row of all) {
    const value = outcomeOf(row);
    if (!present.has(value)) throw refuse(`the window has no row whose ${target} is ${value}`);
  }
}

function oldestOf(rows: Int32Array, order: Ordering): string {
  const oldest = rows.reduce((least, row) => Math.min(least, order.values[row]!), Number.POSITIVE_INFINITY);
  return order.type === 'timestamp' ? new Date(oldest).toISOString() : String(oldest);
}

function count(rows: Int32Array): string {
  return rows.length.toLocaleString('en');
}
