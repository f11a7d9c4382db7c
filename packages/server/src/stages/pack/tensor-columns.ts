import { type Column, type ColumnType, columnNamed, type Table } from '../ingest/index.ts';
import type { Preparation } from '../prepare/index.ts';
import type { GraphNames } from './onnx/graph-names.ts';
import type { TensorColumn } from './ports.ts';

/** Rows `from … to - 1` of the input columns as the graph takes them, by tensor name; a column not there is missing. */
export function tensorColumns(
  preparation: Pick<Preparation, 'inputs'>,
  names: GraphNames,
  table: Table,
  from = 0,
  to = table.rows,
): Map<string, TensorColumn> {
  const tensors = preparation.inputs.map((input, index): [string, TensorColumn] => {
    const column = columnNamed(table, input.name);
    return [names.inputs[index]!, column ? tensorOf(column, from, to) : missing(input.type, to - from)];
  });
  return new Map(tensors);
}

function missing(type: ColumnType, rows: number): TensorColumn {
  return type === 'string' ? new Array<string>(rows).fill('') : new Float64Array(rows).fill(Number.NaN);
}

function tensorOf(column: Column, from: number, to: number): TensorColumn {
  if (column.type !== 'string') return column.values.slice(from, to);
  return Array.from(column.codes.subarray(from, to), (code) => (code < 0 ? '' : column.dictionary[code]!));
}
