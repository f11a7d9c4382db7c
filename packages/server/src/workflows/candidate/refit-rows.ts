import type { Column, DatasetManifest, Table } from '../../stages/ingest/index.ts';
import { takeRows } from '../../stages/ingest/index.ts';
import { encodeFeatures, encodeTarget, groupRows } from '../../stages/prepare/index.ts';
import type { CandidateInput } from '../model.ts';
import { inTimeOrder, type PreparedRows, type Rows } from './prepare-rows.ts';
import { rowWeights } from './row-weights.ts';
import { rowsInMemory } from './training-memory.ts';

/** Share of the memory for a row of the training that its table and features go on to take while the model is refitted. */
const SHARE_HELD = 0.35;

export type RefitRows = Rows & { groups: Int32Array | undefined; weights: Float64Array | undefined };

/**
 * The rows of both sides of the split, in time order where there is one; a row that either side left out as a sample stays
 * out, and so does one that is not recent where recent rows are asked for. The preparation stays that of the training side: what was chosen was chosen for its features.
 *
 * Where memory has no room for all of them, the newest are taken of rows in time order. Of others there would be none
 * more than the model was trained on, so it says why there is to be no refit.
 */
export function refitRows(
  { preparation, train, holdout, order, recentOfBoth }: PreparedRows,
  {
    manifest,
    timeColumn,
    wish = {},
    dataset,
    increments,
  }: Pick<CandidateInput, 'manifest' | 'timeColumn' | 'wish' | 'dataset' | 'increments'>,
  memoryBytes: number,
): RefitRows | { reason: string } {
  const most = refitRowsInMemory(manifest, train.table.rows, memoryBytes);
  const both = stacked(train.table, holdout.table);
  if (both.rows > most && (order === 'none' || most <= train.table.rows / 2))
    return {
      reason: `\`work.trainingMemoryMegabytes\` has room for ${count(most)} rows beside those of the training, and ${count(both.rows)} are needed`,
    };
  const numberOf = (row: number) =>
    row < train.table.rows ? train.numbers[row]! : holdout.numbers[row - train.table.rows]!;
  const recent = recentOfBoth && new Set(recentOfBoth.rows);
  const all = Int32Array.from({ length: both.rows }, (_, row) => row).filter(
    (row) => recent === undefined || recent.has(numberOf(row)),
  );
  const ordered = timeColumn === null ? all : inTimeOrder(both, timeColumn, all);
  const chosen = ordered.length > most ? ordered.slice(ordered.length - most) : ordered;
  const table = takeRows(both, chosen);
  const numbers = chosen.map(numberOf);
  const weigh = recentOfBoth?.weightOf;
  const weightOf = weigh && ((row: number) => weigh(numbers[row]!));
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  return {
    table,
    numbers,
    features: encodeFeatures(preparation, table),
    target: encodeTarget(preparation, table),
    groups: wish.group === undefined ? undefined : groupRows(table, rows, wish.group),
    weights: rowWeights(
      table,
      rows,
      { column: wish.weight, weightOf, mayLack: increments.length > 1 },
      dataset,
    ),
  };
}

/** Rows that a refit has room for while those of the training are held. */
export function refitRowsInMemory(manifest: DatasetManifest, trainRows: number, memoryBytes: number): number {
  return Math.max(0, Math.floor(rowsInMemory(manifest, memoryBytes) - SHARE_HELD * trainRows));
}

/** The rows of two tables that were taken of the same one. */
function stacked(first: Table, second: Table): Table {
  const rows = first.rows + second.rows;
  const columns = first.columns.map((column, c): Column => {
    const other = second.columns[c]!;
    if (column.type === 'string' && other.type === 'string') {
      const codes = new Int32Array(rows);
      codes.set(column.codes);
      codes.set(other.codes, first.rows);
      return { ...column, codes };
    }
    if (column.type === 'string' || other.type === 'string')
      throw new TypeError(`column ${column.name} is of two types`);
    const values = new Float64Array(rows);
    values.set(column.values);
    values.set(other.values, first.rows);
    return { ...column, values };
  });
  return { rows, columns };
}

function count(rows: number): string {
  return rows.toLocaleString('en');
}
