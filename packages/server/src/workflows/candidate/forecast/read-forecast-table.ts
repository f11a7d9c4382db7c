import {
  type Column,
  type ColumnSchema,
  segmentFiles,
  type Table,
  type Workspace,
} from '../../../stages/ingest/index.ts';
import { MOST_SERIES, staticTest, tooManySeries, usedColumns } from '../../../stages/train/index.ts';
import type { JobPorts } from '../../jobs/job-ports.ts';
import type { CandidateInput, ForecastOptions } from '../../model.ts';
import { refuseForecastBeyondMemory } from '../training-memory.ts';
import { columnsAsked } from './columns-asked.ts';

type Ports = Pick<JobPorts, 'tables' | 'objects' | 'trainingMemoryBytes'>;

/**
 * The columns of a dataset version that a forecast is made of: the time, the target, those that name the series, those known in
 * advance and, of the others, those that have one value in each series. The others are looked at one after the other, so that
 * memory grows with the columns that are used.
 *
 * Throws `train.needs-memory` before anything is read, `forecast.column-missing`, `forecast.time-unreadable`,
 * `forecast.series-unreadable`, `forecast.too-many-series`, `target.not-numeric`.
 */
export async function readForecastTable(
  input: Pick<CandidateInput, 'manifest' | 'target' | 'exclude' | 'dataset'>,
  wish: ForecastOptions,
  { tables, objects, trainingMemoryBytes }: Ports,
  signal: AbortSignal,
): Promise<Table> {
  const { manifest, dataset } = input;
  const asked = columnsAsked(input, wish);
  const { time, target, series, known } = usedColumns(manifest.schema.columns, asked);
  const used = [...new Set([time, target, ...series, ...known])];
  refuseForecastBeyondMemory({ rows: manifest.rows, columns: used.length }, dataset, trainingMemoryBytes);
  const files = await segmentFiles(manifest, objects);
  const workspace = await tables.open({ reads: files, signal });
  try {
    await refuseManySeries(workspace, files, series);
    const table = await workspace.columns(files, used);
    const left = manifest.schema.columns.filter(
      (column) => !used.includes(column) && !asked.exclude.includes(column.name),
    );
    const statics = await staticColumns(workspace, files, left, { table, series });
    return { rows: table.rows, columns: [...table.columns, ...statics] };
  } finally {
    await workspace.close();
  }
}

/** Each value of a column that names series is a series at least. */
async function refuseManySeries(
  workspace: Workspace,
  files: readonly string[],
  series: readonly ColumnSchema[],
): Promise<void> {
  if (series.length === 0) return;
  const most = Math.max(...(await workspace.distinct(files, series)));
  if (most > MOST_SERIES) throw tooManySeries(most);
}

/** Of columns that the forecast does not name those that tell its series apart. */
async function staticColumns(
  workspace: Workspace,
  files: readonly string[],
  columns: readonly ColumnSchema[],
  { table, series }: { table: Table; series: readonly ColumnSchema[] },
): Promise<Column[]> {
  // A time is none, and a table of a single series has none.
  const candidates = columns.filter(({ type }) => type !== 'timestamp');
  if (series.length === 0 || candidates.length === 0) return [];
  const named = series.map(({ name }) => table.columns.find((column) => column.name === name)!);
  const isStatic = staticTest(named, table.rows);
  const distinct = await workspace.distinct(files, candidates);
  const found: Column[] = [];
  for (const [i, candidate] of candidates.entries()) {
    if (distinct[i]! > MOST_SERIES) continue; // more values than there may be series
    const [column] = (await workspace.columns(files, [candidate])).columns;
    if (isStatic(column!)) found.push(column!);
  }
  return found;
}
