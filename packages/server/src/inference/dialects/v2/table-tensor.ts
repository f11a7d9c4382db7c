import { defineOwn, fail, type SlipwayError } from '@slipway/contract';
import { shownValue } from '../../../kernel/index.ts';
import { textReader } from '../../../stages/ingest/index.ts';
import type { InputColumn, RowColumns } from '../../../stages/prepare/index.ts';
import { pathOf, type RawRow, type RawValue } from '../../../stages/serve/index.ts';
import { type Datatype, datatypeNamed } from './datatypes.ts';
import type { InputTensor } from './input-tensor.ts';

/** Columns that a message names. */
const NAMED = 20;

/** Whether a tensor is one of all columns: it has two axes, and no column of the dataset has its name. */
export function isTable({ name, shape }: InputTensor, { inputs, others }: RowColumns): boolean {
  if (!Array.isArray(shape) || shape.length !== 2) return false;
  return [...inputs, ...others].every((column) => column.name !== name);
}

/**
 * The rows of one tensor [N, columns] with the columns that the model takes in their order, which the metadata of the model
 * tells. Of numbers it serves models whose columns are numbers and booleans, as 0 and 1; NaN is missing. Of BYTES it holds
 * text as a file of the dataset has it.
 *
 * Throws `request.invalid`, `predict.wrong-type` and `predict.too-many-rows`.
 */
export function rowsOfTable(
  tensor: InputTensor,
  { inputs, missingWords }: RowColumns,
  maxRows: number,
): RawRow[] {
  const { path } = tensor;
  const [rows, columns] = tensor.shape as unknown[];
  if (!Number.isSafeInteger(rows) || (rows as number) < 0 || columns !== inputs.length)
    throw invalid(
      `a tensor of all columns has the shape [N, ${inputs.length}], in the order ${namesOf(inputs)}`,
      `${path}.shape`,
    );
  const count = rows as number;
  if (count > maxRows)
    throw fail('predict.too-many-rows', { rows: count, limit: maxRows }, { path: 'inputs' });
  const datatype = datatypeNamed(tensor.datatype);
  if (datatype === undefined)
    throw invalid(`there is no datatype ${shownValue(tensor.datatype)}`, `${path}.datatype`);
  const readers = inputs.map((input) => readerOf(input, datatype, missingWords, `${path}.datatype`));
  const values = tensor.values(datatype, count * inputs.length);
  return Array.from({ length: count }, (_, row) => {
    const cells: RawRow = {};
    for (const [place, { name }] of inputs.entries()) {
      const value = values[row * inputs.length + place]!;
      const cell = readers[place]!(value);
      if (cell === undefined) throw unreadable(inputs[place]!, value, row);
      defineOwn(cells, name, cell);
    }
    return cells;
  });
}

/** Reads a value of the tensor for its column; undefined where it does not fit. */
type Reader = (value: RawValue) => RawValue | undefined;

function readerOf(
  { name, type, reading }: InputColumn,
  datatype: Datatype,
  missingWords: readonly string[],
  path: string,
): Reader {
  if (datatype === 'BYTES') {
    if (type === 'string' || type === 'timestamp') return (value) => value;
    const usual = type === 'number' ? ({ as: type, decimal: '.', thousands: '' } as const) : { as: type };
    const read = textReader(reading?.as === type ? reading : usual, missingWords);
    return (value) => (typeof value === 'string' ? (read(value) as RawValue | undefined) : value);
  }
  if (type === 'number') return (value) => (typeof value === 'boolean' ? Number(value) : value);
  if (type === 'boolean') return truthOf;
  throw invalid(
    `the column ${name} is text, which ${datatype} cannot hold: send a tensor for each column, or all columns as BYTES`,
    path,
  );
}

function truthOf(value: RawValue): RawValue | undefined {
  if (value === 0 || value === 1) return value === 1;
  return value === null || typeof value === 'boolean' ? value : undefined;
}

function unreadable({ name, type }: InputColumn, value: RawValue, row: number): SlipwayError {
  const details = { column: name, expected: type, found: shownValue(value) };
  return fail('predict.wrong-type', details, { path: pathOf(`rows[${row}]`, name) });
}

function namesOf(inputs: readonly InputColumn[]): string {
  const names = inputs.slice(0, NAMED).map(({ name }) => name);
  return inputs.length > NAMED ? `${names.join(', ')}, … (${inputs.length} in all)` : names.join(', ');
}

function invalid(reason: string, path: string): SlipwayError {
  return fail('request.invalid', { reason }, { path });
}
