import type { ColumnReading, IngestFinding } from '@slipway/contract';
import type { SourceColumn } from '../open-source.ts';
import type { OffsetRun, PlannedColumn, TableSource, Workspace } from '../ports.ts';
import { isZoned } from './date-formats.ts';

/** Months and offsets looked at, and runs kept at most: two a year for two centuries. */
const MOST_GROUPS = 10_000;
const MOST_RUNS = 400;

/** An offset that is written in digits; `Z` alone says nothing of local time. */
const NUMERIC_OFFSET = /:\d{2}[\d:.]{0,20} ?[-+]\d{2}(?::?\d{2})?$/;
/** Characters at the end of a value that hold its offset and the time before it. */
const MOST_TIME = 40;

/** The columns with the offsets from UTC that their values carry, where they are written in digits. One pass for each such column. */
export async function withOffsets(
  workspace: Workspace,
  table: TableSource,
  columns: readonly PlannedColumn[],
  source: readonly SourceColumn[],
): Promise<PlannedColumn[]> {
  const samples = new Map(source.map(({ name, sample }) => [name, sample]));
  const found: PlannedColumn[] = [];
  for (const column of columns) {
    const { from, reading, name } = column;
    if (from === null || reading.as !== 'timestamp' || !hasOffsets(reading.forms, samples.get(name))) {
      found.push(column);
      continue;
    }
    const offsets = mergeRuns(await workspace.offsets(table, { from, reading }, MOST_GROUPS));
    found.push(offsets.length === 0 ? column : { ...column, reading: { ...reading, offsets } });
  }
  return found;
}

function hasOffsets(
  forms: readonly { format: string }[],
  sample: SourceColumn['sample'] | undefined,
): boolean {
  if (!forms.some(({ format }) => isZoned(format))) return false;
  return sample == null || sample.some((value) => NUMERIC_OFFSET.test(value.trimEnd().slice(-MOST_TIME)));
}

/** Runs in order of time, neighbours of one offset as one; none where there are too many to be those of a time zone. */
export function mergeRuns(runs: readonly OffsetRun[]): OffsetRun[] {
  const merged: OffsetRun[] = [];
  for (const run of runs.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    const last = merged.at(-1);
    if (last?.minutes === run.minutes) merged[merged.length - 1] = { ...last, to: Math.max(last.to, run.to) };
    else merged.push({ ...run });
  }
  return merged.length > MOST_RUNS ? [] : merged;
}

/** How a column is read once a later file has shown more offsets. */
export function withMoreOffsets(reading: ColumnReading, more: readonly OffsetRun[]): ColumnReading {
  if (reading.as !== 'timestamp' || more.length === 0) return reading;
  return { ...reading, offsets: mergeRuns([...(reading.offsets ?? []), ...more]) };
}

/** Two offsets an hour apart are those of one zone in summer and winter. */
const SEASONAL_MINUTES = 60;

/** That the times of a column carry several offsets; a warning where they are not those of one zone. */
export function offsetFindings(columns: readonly Pick<PlannedColumn, 'name' | 'reading'>[]): IngestFinding[] {
  return columns.flatMap(({ name, reading }): IngestFinding[] => {
    const runs = (reading.as === 'timestamp' && reading.offsets) || [];
    const offsets = [...new Set(runs.map(({ minutes }) => minutes))].toSorted((a, b) => a - b);
    if (offsets.length < 2) return [];
    const isSeasonal = offsets.length === 2 && offsets[1]! - offsets[0]! === SEASONAL_MINUTES;
    const shown = offsets.slice(0, 5).map(offsetInWords).join(', ');
    return [
      {
        code: 'time-zone',
        severity: isSeasonal ? 'info' : 'warning',
        column: name,
        count: offsets.length,
        message: `Times of ${name} carry ${offsets.length} offsets from UTC (${shown}${offsets.length > 5 ? ', …' : ''}): each is kept as the moment that it names, in UTC.`,
      },
    ];
  });
}

function offsetInWords(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/** That times of Parquet are moments already, where a zone is asked for or the dataset has one. */
export function nativeTimeFindings(columns: readonly string[], timeZone: string): IngestFinding[] {
  if (columns.length === 0 || timeZone === 'UTC') return [];
  return [
    {
      code: 'time-zone',
      severity: 'warning',
      ...(columns.length === 1 && { column: columns[0]! }),
      count: columns.length,
      message: `The file stores times as timestamps (${columns.slice(0, 5).join(', ')}${columns.length > 5 ? ', …' : ''}): they are read as UTC, and ${timeZone} does not apply. Where they show local time, store them with their time zone.`,
    },
  ];
}
