import type { Column } from '../../ingest/index.ts';
import type { LeakageEvidence, Task } from '../model.ts';
import { isPresent } from '../present-values.ts';
import { isBeyondChance, logChanceOfOrder } from './beyond-chance.ts';
import { classesOfRows, mainValues, numberCounts, type RowClasses } from './class-counts.ts';
import { type Afterwards, companionOf } from './companions.ts';
import { renamesClasses, rescalesTarget, summands } from './exact-copies.ts';
import { filledByClass, laterByClass, type MarkedClass } from './known-afterwards.ts';
import { codesNumbers, ranksTarget, roundsTarget, rowsOffClasses, rowsOffLine } from './near-copies.ts';
import { numbersSortedRows } from './numbers-the-rows.ts';

/** Pairs of columns are tried as summands of the target up to so many columns, and of moments up to so many. */
const MOST_SUMMANDS = 300;
const MOST_MOMENTS = 20;
/** A number that so many rows have is told from all others, as a class is. */
const LEAST_SHARE_OF_A_NUMBER = 0.05;
/** Rows that are looked at before all are, where those are many. */
const FIRST_LOOK = 1000;

export type Found = {
  kind: LeakageEvidence;
  /** What holds, without a full stop. */
  says: string;
  /** Where whether the column is filled in shows the outcome. */
  afterwards?: Afterwards;
};

type Request = {
  target: Column;
  columns: readonly Column[];
  task: Task;
  /** Every row with a target. */
  rows: Int32Array;
  timeColumn: string | undefined;
};

/** What is known of the target before any column is looked at. */
type Told = {
  target: Column;
  rows: Int32Array;
  columns: readonly Column[];
  timeColumn: string | undefined;
  /** Of a target of numbers: its most frequent number, such as 0, against all others; undefined where it has none. */
  classes: RowClasses | undefined;
  /** The class in words. */
  words: (key: number) => string;
  /** Natural logarithm of the chance that values dealt out at random are a re-coding of the target. */
  logChance: number;
};

/** What shows of columns, by the values of all rows and not by how well they predict, that they tell the target; by column. */
export function structuralEvidence(request: Request): (Found | undefined)[] {
  const { target, task, columns, rows } = request;
  const evidenceOf =
    task === 'regression' && target.type !== 'string'
      ? evidenceOfNumbers(request, target)
      : evidenceOfClasses(request);
  const found = columns.map(evidenceOf);
  const known = found.flatMap((one) => one?.afterwards ?? []);
  return columns.map((column, i) => found[i] ?? besideKnown(column, known, rows, columns.length));
}

/** A column that is known only afterwards as one of those is. */
function besideKnown(
  column: Column,
  known: readonly Afterwards[],
  rows: Int32Array,
  columns: number,
): Found | undefined {
  for (const one of known) {
    const says = companionOf(column, one, rows, columns * known.length);
    if (says !== undefined) return { kind: 'known-afterwards', says };
  }
  return undefined;
}

function evidenceOfClasses({ target, columns, rows, timeColumn }: Request) {
  const classes = classesOfRows(target, rows);
  const { counts } = classes;
  const logChance = logChanceOfOrder(counts) + counts.length * Math.log(counts.length);
  const told: Told = { target, rows, columns, timeColumn, classes, words: wordsOf(target), logChance };
  return (column: Column): Found | undefined => {
    if (isCertain(told) && renamesClasses(column, target, rows)) return copy(column, target);
    if (isCertain(told) && numbersSortedRows(column, target, rows, counts.length))
      return sortedBy(column, target);
    const off = isPromising(column, classes) ? rowsOffClasses(column, classes, columns.length) : undefined;
    return off === undefined ? knownAfterwards(column, told) : nearCopy(column, target, off, rows.length);
  };
}

function evidenceOfNumbers(
  { columns, rows, timeColumn }: Request,
  target: Extract<Column, { values: Float64Array }>,
) {
  const counts = numberCounts(target, rows);
  // A line is laid through two of the rows.
  const logChance = logChanceOfOrder(counts.map(({ count }) => count)) + 2 * Math.log(rows.length);
  const most = counts.reduce((best, one) => (one.count > best.count ? one : best));
  const isNumber = target.values.map((value) => (value === most.number ? 1 : 0));
  const classes =
    most.count < LEAST_SHARE_OF_A_NUMBER * rows.length
      ? undefined
      : classesOfRows({ name: target.name, type: 'number', values: isNumber }, rows);
  const words = (key: number) => `${target.name} is ${key === 1 ? '' : 'not '}${most.number}`;
  const told: Told = { target, rows, columns, timeColumn, classes, words, logChance };
  const pair = columns.length > MOST_SUMMANDS ? null : summands(columns, target, rows);
  return (column: Column): Found | undefined => {
    if (!isCertain(told)) return knownAfterwards(column, told);
    if (rescalesTarget(column, target, rows)) return copy(column, target);
    if (numbersSortedRows(column, target, rows, undefined)) return sortedBy(column, target);
    return (
      recodedNumber(column, target, rows) ?? sumWith(column, pair, target) ?? knownAfterwards(column, told)
    );
  };
}

/** Whether a column that corresponds to the target in every row does so by no accident. */
function isCertain({ logChance, columns }: Told): boolean {
  return isBeyondChance(logChance, columns.length);
}

/** Whether some of the rows look as if the column corresponded to the classes; looking at all takes long where there are many. */
function isPromising(column: Column, classes: RowClasses): boolean {
  const { rows, classOf, counts, keys } = classes;
  if (rows.length <= 4 * FIRST_LOOK) return true;
  const places = Int32Array.from({ length: FIRST_LOOK }, (_, i) =>
    Math.floor((i * rows.length) / FIRST_LOOK),
  );
  const some = { rows: places.map((i) => rows[i]!), classOf: places.map((i) => classOf[i]!), counts, keys };
  const overlaps = mainValues(column, some, counts.length + FIRST_LOOK / 50);
  // A rare class may be in none of them.
  return overlaps === undefined
    ? counts.some((count) => count * 20 < rows.length)
    : overlaps.reduce((sum, { both }) => sum + both, 0) >= FIRST_LOOK * 0.98;
}

function copy(column: Column, target: Column): Found {
  return { kind: 'copy', says: `${column.name} is a copy of ${target.name} in other words` };
}

function sortedBy(column: Column, target: Column): Found {
  const says = `${column.name} numbers the rows of a table that was sorted by ${target.name}`;
  return { kind: 'row-index', says };
}

function recodedNumber(column: Column, target: Column, rows: Int32Array): Found | undefined {
  const off = rowsOffLine(column, target, rows);
  if (off !== undefined) return nearCopy(column, target, off, rows.length);
  const recodes = (how: string): Found => ({ kind: 're-coding', says: `${column.name} ${how}` });
  if (roundsTarget(column, target, rows))
    return recodes(`is ${target.name} rounded, or the other way round, in every row`);
  if (codesNumbers(column, target, rows))
    return recodes(`corresponds to ${target.name} one to one in every row`);
  if (ranksTarget(column, target, rows))
    return recodes(`and ${target.name} determine each other in every row: one rises or falls with the other`);
  return undefined;
}

function nearCopy(column: Column, target: Column, off: number, rows: number): Found {
  const count = (value: number) => value.toLocaleString('en-US');
  const where = off === 1 ? '1 row' : `${count(off)} rows`;
  const says = `${column.name} is a copy of ${target.name} in other words in all but ${where} of ${count(rows)}`;
  return { kind: 'near-copy', says };
}

function sumWith(column: Column, pair: [string, string] | null, target: Column): Found | undefined {
  if (pair === null || !pair.includes(column.name)) return undefined;
  return { kind: 'sum', says: `${pair[0]} + ${pair[1]} = ${target.name} in every row` };
}

function knownAfterwards(column: Column, told: Told): Found | undefined {
  const { columns, timeColumn, classes, words } = told;
  if (classes === undefined) return undefined;
  const tries = 2 * columns.length * classes.counts.length;
  const filled = filledByClass(column, classes, tries);
  if (filled !== undefined) {
    const found = afterwards(`${column.name} is ${HOW_FILLED[filled.how]}`, filled, words);
    return { ...found, afterwards: shownBy(column, filled.how) };
  }
  const moments = columns.filter(({ type, name }) => type === 'timestamp' && name !== column.name);
  if (column.name === timeColumn || moments.length >= MOST_MOMENTS) return undefined;
  for (const other of moments) {
    const isTime = other.name === timeColumn;
    const later = laterByClass(column, other, classes, { isTime, tries: tries * moments.length });
    if (later !== undefined)
      return afterwards(`${column.name} is later than ${other.name} ${HOW_LATER[later.how]}`, later, words);
  }
  return undefined;
}

const HOW_FILLED: Record<MarkedClass['how'], string> = {
  exactly: 'filled in just where',
  only: 'filled in only where',
  except: 'missing just where',
};
const HOW_LATER: Record<MarkedClass['how'], string> = {
  exactly: 'just where',
  only: 'only where',
  except: 'everywhere but where',
};

function shownBy(column: Column, how: MarkedClass['how']): Afterwards {
  const { name } = column;
  return how === 'except'
    ? { column: name, isMarked: (row) => !isPresent(column, row), how: 'missing' }
    : { column: name, isMarked: (row) => isPresent(column, row), how: 'filled in' };
}

function wordsOf(target: Column): (key: number) => string {
  const { name } = target;
  if (target.type === 'string') return (code) => `${name} is ${target.dictionary[code] ?? ''}`;
  return (key) => `${name} is ${target.type === 'boolean' ? key === 1 : key}`;
}

function afterwards(what: string, { classKey }: MarkedClass, words: (key: number) => string): Found {
  return {
    kind: 'known-afterwards',
    says: `${what} ${words(classKey)}, as values known only afterwards are`,
  };
}
