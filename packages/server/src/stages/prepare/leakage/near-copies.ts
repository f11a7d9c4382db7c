import type { Column } from '../../ingest/index.ts';
import { isPresent, keyOf } from '../present-values.ts';
import { isBeyondChance, logChanceOfOverlap } from './beyond-chance.ts';
import { mainValues, type RowClasses } from './class-counts.ts';
import { fewOf, isSameButForFew } from './coincidence.ts';
import { comparerFor } from './exact-copies.ts';

/** Pairs of rows that a line through the target is tried by; of a near copy nearly every pair gives the right one. */
const PAIRS = 12;
/** A rounded number is only told from a good prediction when the target spreads over so many of its steps. */
const LEAST_STEPS = 20;
const FINEST_DECIMALS = 6;
const COARSEST_ZEROS = 6;
/** Rows that a property is tried on before all are. */
const FIRST_LOOK = 1000;

/**
 * In how many rows a column and the classes do not correspond one to one, where those are few, and chance agreement is ruled
 * out; undefined otherwise. 0 is a re-coding in every row.
 */
export function rowsOffClasses(column: Column, classes: RowClasses, tries: number): number | undefined {
  const { rows, counts } = classes;
  const few = fewOf(rows.length);
  const overlaps = mainValues(column, classes, counts.length + few);
  if (overlaps === undefined || overlaps.length < 2 || !overlaps.every(isSameButForFew)) return undefined;
  const off = rows.length - overlaps.reduce((sum, { both }) => sum + both, 0);
  const least = Math.min(...overlaps.map(logChanceOfOverlap));
  return off <= few && isBeyondChance(least, tries * counts.length ** 2) ? off : undefined;
}

/** In how many rows a number is not a + b × the column, where those are few; undefined otherwise. */
export function rowsOffLine(column: Column, target: Column, rows: Int32Array): number | undefined {
  if (column.type === 'string' || target.type === 'string') return undefined;
  const [x, y] = [column.values, target.values];
  const few = fewOf(rows.length);
  const nearly = comparerFor(y, rows);
  const half = rows.length >> 1;
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = rows[Math.floor((pair * half) / PAIRS)]!;
    const other = rows[Math.floor((pair * half) / PAIRS) + half]!;
    const slope = (y[other]! - y[first]!) / (x[other]! - x[first]!);
    if (slope === 0 || !Number.isFinite(slope)) continue;
    let off = 0;
    for (const row of rows) {
      const line = y[first]! + slope * (x[row]! - x[first]!);
      if (!nearly(line, y[row]!, Math.abs(slope * x[row]!)) && ++off > few) break;
    }
    if (off <= few) return off;
  }
  return undefined;
}

/** Whether a column is the target rounded, up or down, or the target is the column rounded, in every row. */
export function roundsTarget(column: Column, target: Column, rows: Int32Array): boolean {
  if (column.type !== 'number' || target.type !== 'number') return false;
  const [x, y] = [column.values, target.values];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of rows) {
    const difference = x[row]! - y[row]!;
    if (Number.isNaN(difference)) return false;
    lowest = Math.min(lowest, difference);
    highest = Math.max(highest, difference);
    least = Math.min(least, y[row]!);
    greatest = Math.max(greatest, y[row]!);
  }
  if ((greatest - least) / LEAST_STEPS < highest - lowest) return false;
  const step = Math.max(stepOf(x, rows), stepOf(y, rows));
  const rounding = 1 + 1e-9;
  return highest - lowest <= step * rounding && (greatest - least) / step >= LEAST_STEPS;
}

/** The largest power of ten that all values are multiples of, from 1e-6 to 1e6; 0 where there is none. */
function stepOf(values: Float64Array, rows: Int32Array): number {
  for (let zeros = COARSEST_ZEROS; zeros >= -FINEST_DECIMALS; zeros--) {
    const perStep = 10 ** -zeros;
    const isWhole = (row: number) => {
      const steps = values[row]! * perStep;
      return Math.abs(steps - Math.round(steps)) <= 1e-9 * Math.max(1, Math.abs(steps));
    };
    if (rows.subarray(0, FIRST_LOOK).every(isWhole) && rows.every(isWhole)) return 10 ** zeros;
  }
  return 0;
}

/**
 * Whether the target rises, or falls, with every step of a number column and is equal wherever it is equal, in every row: the
 * logarithm of it, its square, its rank. Where the rows stand in the order of the column it may be a trend, and is not told.
 */
export function ranksTarget(column: Column, target: Column, rows: Int32Array): boolean {
  if (column.type !== 'number' || target.type === 'string') return false;
  const [x, y] = [column.values, target.values];
  if (!isMonotone(x, y, evenly(rows, FIRST_LOOK)) || isInOrder(x, rows)) return false;
  return rows.length <= FIRST_LOOK || isMonotone(x, y, rows);
}

function isMonotone(x: Float64Array, y: Float64Array, rows: Int32Array): boolean {
  if (rows.some((row) => Number.isNaN(x[row]!))) return false;
  const order = rows.toSorted((a, b) => x[a]! - x[b]!);
  let direction = 0;
  for (let i = 1; i < order.length; i++) {
    const [before, row] = [order[i - 1]!, order[i]!];
    const step = Math.sign(y[row]! - y[before]!);
    if ((x[row] === x[before]) !== (step === 0)) return false;
    if (step === 0) continue;
    if (direction !== 0 && step !== direction) return false;
    direction = step;
  }
  return direction !== 0;
}

/** Whether the rows stand in the order of the values, rising or falling. */
function isInOrder(x: Float64Array, rows: Int32Array): boolean {
  const rises = rows.every((row, i) => i === 0 || x[rows[i - 1]!]! <= x[row]!);
  return rises || rows.every((row, i) => i === 0 || x[rows[i - 1]!]! >= x[row]!);
}

/**
 * Whether values and numbers of a target that repeats (five rows a number, on average) correspond one to one in every row.
 * Numbers that hardly repeat would correspond to the names of the rows.
 */
export function codesNumbers(column: Column, target: Column, rows: Int32Array): boolean {
  const numberOf = new Map<number, number>();
  const keyOfNumber = new Map<number, number>();
  for (const row of rows) {
    const value = isPresent(column, row) ? keyOf(column, row) : Number.NaN;
    const number = keyOf(target, row);
    if (!numberOf.has(value) && !keyOfNumber.has(number)) {
      if ((numberOf.size + 1) * 5 > rows.length) return false;
      numberOf.set(value, number);
      keyOfNumber.set(number, value);
    } else if (numberOf.get(value) !== number) return false;
  }
  return numberOf.size > 1;
}

function evenly(rows: Int32Array, most: number): Int32Array {
  if (rows.length <= most) return rows;
  return Int32Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!);
}
