import type { ColumnReading } from '@slipway/contract';
import type { SourceColumn } from '../open-source.ts';
import type { OffsetRun, PlannedColumn, TableSource, Workspace } from '../ports.ts';
import { ISO_ZONED } from './date-formats.ts';

/** Months and offsets looked at, and runs kept at most: two a year for two centuries. */
const MOST_GROUPS = 10_000;
const MOST_RUNS = 400;

/** An offset that is written in digits; `Z` alone says nothing of local time. */
const NUMERIC_OFFSET = /:\d{2}[\d:.]* ?[-+]\d{2}(?::?\d{2})?\s*$/;

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
  if (!forms.some(({ format }) => format === ISO_ZONED)) return false;
  return sample == null || sample.some((value) => NUMERIC_OFFSET.test(value));
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
