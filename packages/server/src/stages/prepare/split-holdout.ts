import { fail } from '@slipway/contract';
import { seededRandom, shuffle } from '../../kernel/index.ts';
import { type Column, columnNamed, type Table } from '../ingest/index.ts';
import { groupDuplicates } from './group-duplicates.ts';
import { groupRows } from './group-rows.ts';
import type { Split, Task } from './model.ts';
import { NumberIndex } from './number-index.ts';
import { countKeys, keyOf, presentRows, textOf } from './present-values.ts';

export type SplitOptions = {
  target: string;
  task: Task;
  seed: number;
  /** The latest rows by this column are held out. */
  timeColumn?: string;
  /** Rows of one value of this column stay on one side; rows without a value are groups of their own. */
  groupColumn?: string;
  /** Share of the rows to hold out, 0.2 when left out. */
  share?: number;
  /** Columns that tell equal rows apart without meaning anything: identifiers. */
  ignore?: readonly string[];
};

export const HOLDOUT_SHARE = 0.2;

/**
 * Splits the rows that have a target into training and hold-out. With a time column the latest rows are held out,
 * rows of one moment never torn apart; else classes keep their shares; else at random. Rows of one group, and copies of a
 * row (equal in every column but the target), stay on one side, unless rows repeat because columns have few values. The same table, options and seed give the same split.
 *
 * Throws `time.missing`, `group.missing`, `group.too-few`.
 */
export function splitHoldout(table: Table, options: SplitOptions): Split {
  const split = splitRows(table, options);
  if (options.task !== 'binary' && options.task !== 'multiclass') return split;
  return { ...split, says: `${split.says}${notHeldOut(columnNamed(table, options.target)!, split)}` };
}

/** Classes so many of which are told by name. */
const MOST_NAMED = 5;

/** Classes of which no row is held out: how well they are predicted is not measured. */
function notHeldOut(target: Column, { train, holdout }: { train: Int32Array; holdout: Int32Array }): string {
  const held = countKeys(target, holdout);
  const absent = [...countKeys(target, train)].filter(([key]) => !held.has(key));
  if (absent.length === 0) return '';
  const named = absent.slice(0, MOST_NAMED).map(([key, count]) => {
    const row = train.find((one) => keyOf(target, one) === key)!;
    return `${textOf(target, row)} (${count === 1 ? '1 row' : `${count} rows`})`;
  });
  const more = absent.length > MOST_NAMED ? ` and ${absent.length - MOST_NAMED} more` : '';
  const [classes, they] = absent.length === 1 ? ['the class', 'it is'] : ['the classes', 'they are'];
  return ` No row of ${classes} ${named.join(', ')}${more} is held out, so how well ${they} predicted is not measured.`;
}

function splitRows(table: Table, options: SplitOptions): Split {
  const target = columnNamed(table, options.target)!;
  const rows = presentRows(target, table.rows);
  const share = options.share ?? HOLDOUT_SHARE;
  if (options.timeColumn !== undefined) return splitByTime(table, rows, options.timeColumn, share);
  const random = seededRandom(options.seed);
  const { groupColumn } = options;
  const groupOf =
    groupColumn === undefined
      ? groupDuplicates(table, rows, new Set([...(options.ignore ?? []), target.name]))
      : groupRows(table, rows, groupColumn);
  const byClass = options.task === 'binary' || options.task === 'multiclass';
  const all = Int32Array.from(rows, (_, i) => i);
  // A group may have rows of several classes, so groups are drawn without regard to them.
  const strata = byClass && groupColumn === undefined ? classStrata(target, rows, groupOf) : [all];
  const held = new Uint8Array(rows.length);
  for (const stratum of strata) {
    for (const place of heldOut(stratum, groupOf, share, random)) held[place] = 1;
  }
  const parts = divide(rows, (place) => held[place] === 1);
  if (groupColumn !== undefined)
    return { ...parts, by: 'group', says: `${countSays(parts)} held out, no ${groupColumn} on both sides.` };
  const how = byClass ? 'with the share of every class kept' : 'at random';
  const says = `${countSays(parts)} held out ${how}.${orderSays(table)}`;
  return { ...parts, by: byClass ? 'stratified' : 'random', says };
}

/** Places (in the list of rows) of each class; all rows of a group are with its first one, so that none is torn apart. */
function classStrata(target: Column, rows: Int32Array, groupOf: Int32Array | null): Int32Array[] {
  const places = new Map<number, number[]>();
  const classOfGroup = new Map<number, number>();
  rows.forEach((row, place) => {
    const own = keyOf(target, row);
    const group = groupOf?.[place];
    const key = group === undefined ? own : (classOfGroup.get(group) ?? own);
    if (group !== undefined) classOfGroup.set(group, key);
    const known = places.get(key);
    if (known === undefined) places.set(key, [place]);
    else known.push(place);
  });
  return [...places].sort(([a], [b]) => a - b).map(([, list]) => Int32Array.from(list));
}

/** Whole groups of equal rows, drawn until the share is reached; a stratum of one group is not held out. */
function heldOut(
  stratum: Int32Array,
  groupOf: Int32Array | null,
  share: number,
  random: () => number,
): number[] {
  const groups = placesByGroup(stratum, groupOf);
  if (groups.count < 2) return [];
  const wanted = Math.max(1, Math.round(stratum.length * share));
  const held: number[] = [];
  for (const group of shuffle(groups.order, random)) {
    if (held.length >= wanted) break;
    const places = groups.placesOf(group);
    // A large group would overshoot; it stays in training, where its rows are.
    if (held.length + places.length <= wanted * 1.5) for (const place of places) held.push(place);
  }
  return held;
}

/** The groups that a stratum has, in order of first appearance, and the places of each; arrays of numbers throughout. */
function placesByGroup(stratum: Int32Array, groupOf: Int32Array | null) {
  if (groupOf === null) {
    const placesOf = (group: number) => stratum.subarray(group, group + 1);
    return { count: stratum.length, order: stratum.map((_, i) => i), placesOf };
  }
  const index = new NumberIndex(stratum.length);
  const numbers = stratum.map((place) => index.numberOf(groupOf[place]!));
  const starts = new Int32Array(index.size + 1);
  for (const number of numbers) starts[number + 1]!++;
  for (let group = 0; group < index.size; group++) starts[group + 1]! += starts[group]!;
  const next = starts.slice();
  const sorted = new Int32Array(stratum.length);
  for (let i = 0; i < stratum.length; i++) sorted[next[numbers[i]!]!++] = stratum[i]!;
  return {
    count: index.size,
    order: Int32Array.from({ length: index.size }, (_, group) => group),
    placesOf: (group: number) => sorted.subarray(starts[group], starts[group + 1]),
  };
}

function splitByTime(table: Table, rows: Int32Array, timeColumn: string, share: number): Split {
  const column = columnNamed(table, timeColumn);
  if (column === undefined || column.type === 'string' || column.type === 'boolean') {
    const orders = ({ type }: Column) => type === 'timestamp' || type === 'number';
    const columns = table.columns.filter(orders).map(({ name }) => name);
    throw fail('time.missing', { column: timeColumn, dataset: 'the dataset', columns }, { path: 'time' });
  }
  const times = Float64Array.from(rows, (row) => column.values[row]!)
    .filter((time) => !Number.isNaN(time))
    .sort();
  const boundary = boundaryTime(times, share);
  if (!Number.isFinite(boundary)) {
    // Appended rows may be of one moment, or of none; they are in the order in which they came.
    const first = Math.floor(rows.length * (1 - share));
    const parts = divide(rows, (place) => place >= first);
    return {
      ...parts,
      by: 'time',
      says: `${countSays(parts)} held out: the last ones, as ${timeColumn} parts no rows.`,
    };
  }
  const parts = divide(rows, (place) => column.values[rows[place]!]! >= boundary);
  const from = column.type === 'timestamp' ? new Date(boundary).toISOString() : String(boundary);
  return {
    ...parts,
    by: 'time',
    says: `${countSays(parts)} held out: the latest by ${timeColumn}, from ${from} on.`,
  };
}

/** The moment from which rows are held out: that of the first row of the latest share, later when that would be all rows. */
function boundaryTime(times: Float64Array, share: number): number {
  const boundary = times[Math.max(0, Math.floor(times.length * (1 - share)))] ?? Number.NaN;
  if (boundary > times[0]!) return boundary;
  return times.find((time) => time > boundary) ?? Number.POSITIVE_INFINITY;
}

function divide(
  rows: Int32Array,
  isHeld: (place: number) => boolean,
): { train: Int32Array; holdout: Int32Array } {
  const train = rows.filter((_, place) => !isHeld(place));
  const holdout = rows.filter((_, place) => isHeld(place));
  return { train, holdout };
}

function countSays({ train, holdout }: { train: Int32Array; holdout: Int32Array }): string {
  return `${holdout.length} of ${train.length + holdout.length} rows are`;
}

/** Rows in order of time suggest a split by time; we say so and leave it to the user. */
function orderSays(table: Table): string {
  const ordered = table.columns.find((column) => column.type === 'timestamp' && isOrdered(column.values));
  if (ordered === undefined) return '';
  return ` The rows are in order of ${ordered.name}: name it as the time column to hold out the latest rows instead.`;
}

function isOrdered(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (!(values[i]! >= values[i - 1]!)) return false;
  return values.length > 1 && values[0]! < values.at(-1)!;
}
