import { isFailure } from '@slipway/contract';
import type { OpenSource, SourceColumn } from './open-source.ts';
import type { PlannedColumn, Reading, TableSource, Trial, Workspace } from './ports.ts';
import { readingsOfKind, surviving, textReadings } from './readings/guess-readings.ts';

const STRING: Reading = { as: 'string' };

/** So many of the least and greatest values are looked at where the first records say nothing. */
const EXTREMES = 100;

/** Readings left for a column, the most telling first; a string is always left and not listed. */
export type Candidates = { column: SourceColumn; readings: Reading[] };

/**
 * What a sample leaves possible: the first records, or, of columns empty there, extreme values of all rows. A value
 * that does not fit excludes a reading for good; a column without any value is a string.
 */
export async function candidatesOf(
  workspace: Workspace,
  table: TableSource,
  source: OpenSource,
): Promise<Candidates[]> {
  const candidates = source.columns.map((column) => {
    if (column.kind !== 'text') return { column, readings: readingsOfKind(column.kind) };
    return {
      column,
      readings: column.sample === null ? null : surviving(column.sample, textReadings(source.decimal)),
    };
  });
  const unseen = candidates.filter(({ readings }) => readings === null).map(({ column }) => column);
  const extremes = unseen.length === 0 ? [] : await workspace.extremes(table, unseen, EXTREMES);
  const values = new Map(unseen.map(({ name }, i) => [name, extremes[i]!]));
  return candidates.map(({ column, readings }) => {
    if (readings !== null) return { column, readings };
    const possible = column.sample === null ? readingsOfKind('text') : textReadings(source.decimal);
    return { column, readings: surviving(values.get(column.name)!, possible) ?? [] };
  });
}

export function plannedFirst(candidates: readonly Candidates[]): PlannedColumn[] {
  return candidates.map(({ column, readings }) => planned(column, readings[0] ?? STRING));
}

/** The first reading of each column that every value of all rows fits. One pass of the engine for all columns. */
export async function decideOverAllRows(
  workspace: Workspace,
  table: TableSource,
  candidates: readonly Candidates[],
): Promise<PlannedColumn[]> {
  const trials: Trial[] = candidates.flatMap(({ column, readings }) =>
    readings.map((reading) => ({ from: column, reading })),
  );
  const misfits = await workspace.misfits(table, trials);
  let next = 0;
  return candidates.map(({ column, readings }) => {
    const counts = misfits.slice(next, next + readings.length);
    next += readings.length;
    return planned(column, readings.find((_, i) => counts[i] === 0) ?? STRING);
  });
}

/**
 * Stores the columns of a source with readings that hold for all rows. The readings that the sample suggests are
 * tried first, checked value by value; when one does not hold, all rows decide.
 */
export async function storeDecided(
  workspace: Workspace,
  source: OpenSource,
): Promise<{ path: string; rows: number; columns: PlannedColumn[] }> {
  return overReadable(source, async (table) =>
    storeCandidates(workspace, table, await candidatesOf(workspace, table, source)),
  );
}

/** As {@link storeDecided}, of readings that were narrowed already. */
export async function storeCandidates(
  workspace: Workspace,
  table: TableSource,
  candidates: readonly Candidates[],
): Promise<{ path: string; rows: number; columns: PlannedColumn[] }> {
  const first = plannedFirst(candidates);
  const stored = await workspace.store(table, first);
  if (stored !== null) return { ...stored, columns: first };
  const columns = await decideOverAllRows(workspace, table, candidates);
  const decided = await workspace.store(table, columns);
  if (decided === null) throw new Error('readings decided over all rows did not hold');
  return { ...decided, columns };
}

/** Runs `work` on the source as it is and, when that cannot be read, on its plain copy, which says what is wrong. */
export async function overReadable<T>(
  source: OpenSource,
  work: (table: TableSource) => Promise<T>,
): Promise<T> {
  try {
    return await work(source.table);
  } catch (error) {
    if (source.normalised === undefined || !isFailure(error, 'file.unreadable')) throw error;
    return work(await source.normalised());
  }
}

function planned(column: SourceColumn, reading: Reading): PlannedColumn {
  const { name, path, kind } = column;
  return { name, from: { path, kind }, reading };
}
