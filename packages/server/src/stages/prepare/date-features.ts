import type { Column } from '../ingest/index.ts';
import { DATE_PART_FUNCTIONS } from './date-part.ts';
import type { DatePart, FeatureSpec } from './model.ts';
import { fitRescaling } from './rescaling.ts';

/** What a part is only worth having with: without varying days, the day of the year says no more than the month. */
const NEEDS: Partial<Record<DatePart, DatePart>> = { dayOfYear: 'dayOfMonth' };

const PARTS = Object.keys(DATE_PART_FUNCTIONS) as DatePart[];

/** The parts of a date-time column that vary among the rows. Days since 1970 are centred where they lie close together. */
export function dateFeatures(
  column: Extract<Column, { values: Float64Array }>,
  rows: Int32Array,
): FeatureSpec[] {
  const varying = PARTS.filter((part) => varies(column.values, rows, DATE_PART_FUNCTIONS[part]));
  return varying
    .filter((part) => NEEDS[part] === undefined || varying.includes(NEEDS[part]))
    .map((part) => {
      const rescaling =
        part === 'elapsedDays'
          ? fitRescaling((row) => DATE_PART_FUNCTIONS[part](column.values[row]!), rows)
          : {};
      return {
        kind: 'date-part',
        name: `${column.name} ${part}`,
        column: column.name,
        part,
        ...rescaling,
      };
    });
}

function varies(values: Float64Array, rows: Int32Array, part: (ms: number) => number): boolean {
  let first = Number.NaN;
  for (const row of rows) {
    const value = part(values[row]!);
    if (Number.isNaN(value)) continue;
    if (Number.isNaN(first)) first = value;
    else if (value !== first) return true;
  }
  return false;
}
