import type { Column, Table } from '../stages/ingest/index.ts';
import {
  type ColumnFeature,
  type DatePart,
  isMade,
  type Kinds,
  type MadeFeature,
  type Preparation,
  type TextFeature,
} from '../stages/prepare/index.ts';
import { referenceText } from './reference-text.ts';

/** Features of one row, written straight from the definitions in prepare's model: slow and plain, for tests. */
export function referenceFeatures(preparation: Preparation, table: Table, row: number): Float32Array {
  const columnOf = (name: string) => table.columns.find((column) => column.name === name)!;
  return Float32Array.from(preparation.features, (spec) =>
    isMade(spec) ? referenceMade(spec, columnOf, row) : referenceFeature(spec, columnOf(spec.column), row),
  );
}

function referenceMade(spec: MadeFeature, columnOf: (name: string) => Column, row: number): number {
  if (spec.kind === 'arithmetic') {
    const [a, b] = spec.of.map((quantity) => quantityIn(columnOf(quantity.column), quantity.kind, row));
    const results = { sum: a! + b!, difference: a! - b!, product: a! * b!, ratio: a! / b! };
    const rounded = Math.fround(results[spec.operation]);
    return Number.isFinite(rounded) ? rounded : Number.NaN;
  }
  const [first, second] = spec.of.map((kinds) => kindIn(kinds, columnOf(kinds.column), row));
  const key = second === undefined ? first!.kind : first!.kind * (second.size + 2) + second.kind;
  const place = spec.keys.indexOf(key);
  if (spec.kind === 'cross') return place < 0 ? spec.keys.length : place;
  return Math.fround(place < 0 ? spec.otherwise : spec.values[place]!);
}

function quantityIn(column: Column, kind: 'number' | 'date-part', row: number): number {
  const value = column.type === 'string' ? Number.NaN : column.values[row]!;
  return kind === 'number' ? value : value / MS_PER_DAY;
}

/** The largest value that a part can have, and one. */
const PART_SIZES = { month: 13, dayOfMonth: 32, weekday: 7, hour: 24, minute: 60, dayOfYear: 367 };

function kindIn(kinds: Kinds, column: Column, row: number): { kind: number; size: number } {
  const size = kinds.kind === 'date-part' ? PART_SIZES[kinds.part] : kinds.levels.length;
  if (column.type === 'string') {
    const word = column.codes[row]! < 0 ? undefined : column.dictionary[column.codes[row]!]!;
    if (word === undefined) return { kind: size + 1, size };
    const place = kinds.kind === 'words' ? kinds.levels.indexOf(word) : -1;
    return { kind: place < 0 ? size : place, size };
  }
  const value = column.values[row]!;
  if (Number.isNaN(value)) return { kind: size + 1, size };
  if (kinds.kind === 'date-part') return { kind: DATE_PARTS[kinds.part](new Date(value), value), size };
  const place = kinds.kind === 'numbers' ? kinds.levels.indexOf(Math.fround(value)) : -1;
  return { kind: place < 0 ? size : place, size };
}

function referenceFeature(spec: ColumnFeature | TextFeature, column: Column, row: number): number {
  if (spec.kind === 'text')
    return referenceText(spec, column.type === 'string' ? column.dictionary[column.codes[row]!] : undefined);
  if (column.type === 'string') {
    const code = column.codes[row]!;
    if (code < 0 || spec.kind !== 'category') return Number.NaN;
    const level = spec.levels.indexOf(column.dictionary[code]!);
    return level < 0 ? spec.levels.length : level;
  }
  const value = column.values[row]!;
  if (spec.kind === 'category') return Math.fround(value);
  const { center = 0, scale = 1 } = spec;
  const number =
    spec.kind === 'number' || Number.isNaN(value) ? value : DATE_PARTS[spec.part](new Date(value), value);
  return Math.fround(number * scale - center);
}

const MS_PER_DAY = 86_400_000;

const DATE_PARTS: Record<DatePart, (date: Date, milliseconds: number) => number> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  dayOfMonth: (date) => date.getUTCDate(),
  weekday: (date) => (date.getUTCDay() + 6) % 7,
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  dayOfYear: (date) => (utcMidnight(date) - Date.UTC(date.getUTCFullYear(), 0, 1)) / MS_PER_DAY + 1,
  elapsedDays: (_, milliseconds) => milliseconds / MS_PER_DAY,
};

function utcMidnight(date: Date): number {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
}
