import type { Column, Table } from '../journey/ingest/index.ts';
import type { DatePart, FeatureSpec, Preparation } from '../journey/prepare/index.ts';

/** Features of one row, written straight from the definitions in prepare's model: slow and plain, for tests. */
export function referenceFeatures(preparation: Preparation, table: Table, row: number): Float32Array {
  return Float32Array.from(preparation.features, (spec) => {
    const column = table.columns.find(({ name }) => name === spec.column)!;
    return referenceFeature(spec, column, row);
  });
}

function referenceFeature(spec: FeatureSpec, column: Column, row: number): number {
  if (column.type === 'string') {
    const code = column.codes[row]!;
    if (code < 0 || spec.kind !== 'category') return Number.NaN;
    const level = spec.levels.indexOf(column.dictionary[code]!);
    return level < 0 ? spec.levels.length : level;
  }
  const value = column.values[row]!;
  if (spec.kind !== 'date-part' || Number.isNaN(value)) return Math.fround(value);
  return Math.fround(DATE_PARTS[spec.part](new Date(value), value));
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
