import { defineOwn, fail, type SlipwayError } from '@slipway/contract';
import { shownValue } from '../../../kernel/index.ts';
import type { OtherColumn, RowColumns } from '../../../stages/prepare/index.ts';
import { type RawRow, type RawValue, unknownColumn } from '../../../stages/serve/index.ts';
import { DATATYPES, type Datatype, datatypeNamed } from './datatypes.ts';
import type { InputTensor } from './input-tensor.ts';
import { isTable, rowsOfTable } from './table-tensor.ts';

/**
 * Rows out of one tensor of N (or N by 1) values for each raw column, also one that the model does not take; a missing value is null, NaN or empty text, and
 * a column that is left out is missing. Values are checked later, with the rows. Tensors of the shape [0] are no rows. A single
 * tensor of another name than a column's may hold all columns that the model takes, as {@link rowsOfTable} reads it.
 *
 * Throws `request.invalid`, `predict.unknown-column`, `predict.column-spelling`, `predict.wrong-type`, `predict.no-rows`, `predict.too-many-rows`.
 */
export function rowsOfTensors(tensors: readonly InputTensor[], known: RowColumns, maxRows: number): RawRow[] {
  const [only, ...more] = tensors;
  if (only !== undefined && more.length === 0 && isTable(only, known))
    return rowsOfTable(only, known, maxRows);
  const counts = tensors.map(countOf);
  const [rows] = counts;
  if (rows === undefined) throw fail('predict.no-rows', {}, { path: 'inputs' });
  if (rows > maxRows) throw fail('predict.too-many-rows', { rows, limit: maxRows }, { path: 'inputs' });
  const uneven = counts.findIndex((count) => count !== rows);
  if (uneven >= 0)
    throw invalid('the tensors have different numbers of rows', `${tensors[uneven]!.path}.shape`);
  if (new Set(tensors.map(({ name }) => name)).size !== tensors.length) {
    throw invalid('a column comes twice', 'inputs');
  }
  return rowsOf(
    tensors.map((tensor) => columnOf(tensor, known, rows)),
    rows,
  );
}

type Column = { name: string; values: RawValue[] };

function columnOf(tensor: InputTensor, { inputs, others }: RowColumns, count: number): Column {
  const { name, path } = tensor;
  const input = inputs.find((each) => each.name === name);
  const column = input ?? others.find((each) => each.name === name);
  if (column === undefined) {
    const known = [...inputs, ...others].map((each) => each.name);
    throw unknownColumn(typeof name === 'string' ? name : shownValue(name), known, () => `${path}.name`);
  }
  return { name: column.name, values: tensor.values(datatypeOf(tensor, column, input !== undefined), count) };
}

/** A column that the model takes comes in the datatypes of its type, any other in whichever there is. */
function datatypeOf({ datatype, path }: InputTensor, column: OtherColumn, isTaken: boolean): Datatype {
  const known = datatypeNamed(datatype);
  const taken = DATATYPES[column.type];
  if (known !== undefined && (!isTaken || taken.includes(known))) return known;
  const found = shownValue(datatype);
  const details = { column: column.name, expected: taken.join(' or '), found };
  throw fail('predict.wrong-type', details, { path: `${path}.datatype` });
}

/** N of the shape [N] or [N, 1]. */
function countOf({ shape, path }: InputTensor): number {
  const [count, width = 1, ...more] = Array.isArray(shape) ? (shape as unknown[]) : [];
  if (!Number.isSafeInteger(count) || (count as number) < 0 || width !== 1 || more.length > 0) {
    throw invalid('"shape" is not [N] or [N, 1]', `${path}.shape`);
  }
  return count as number;
}

function rowsOf(columns: readonly Column[], count: number): RawRow[] {
  const rows: RawRow[] = new Array(count);
  for (let i = 0; i < count; i++) rows[i] = rowAt(columns, i);
  return rows;
}

function rowAt(columns: readonly Column[], i: number): RawRow {
  const row: RawRow = {};
  for (const { name, values } of columns) defineOwn(row, name, values[i]!);
  return row;
}

function invalid(reason: string, path: string): SlipwayError {
  return fail('request.invalid', { reason }, { path });
}
