import { fail } from '@slipway/contract';
import { type Column, columnNamed, type Table } from '../../stages/ingest/index.ts';
import {
  encodeStrings,
  encodeValues,
  type Samples,
  type Tensor,
  type TensorSpec,
} from '../../stages/pack/index.ts';
import { cellValue } from '../jobs/cells.ts';

/** What the column of right answers is called, where nobody says. */
const USUAL_TARGETS = ['label', 'labels', 'target', 'y', 'class'];

/**
 * A table as the tensors of a model: a column for each tensor of one value a row, or, where the model has one input of so
 * many numbers, all number columns in their order. Throws `optimize.bad-data`.
 */
export function tableSamples(specs: readonly TensorSpec[], table: Table, target: string | null): Samples {
  const answers = targetColumn(table, target);
  const inputs = specs.map((spec) => {
    const named = columnNamed(table, spec.name);
    if (named !== undefined && widthOf(spec) === 1) return columnTensor(spec, [named], table.rows);
    const numbers = table.columns.filter((column) => column !== answers && column.type === 'number');
    if (specs.length > 1 || numbers.length !== widthOf(spec)) {
      const reason = `a row of ${spec.name} has ${widthOf(spec) ?? 'any number of'} values, and the table ${numbers.length} columns of numbers`;
      throw fail('optimize.bad-data', { reason });
    }
    return columnTensor(spec, numbers, table.rows);
  });
  const labels = answers && Array.from({ length: table.rows }, (_, row) => labelAt(answers, row));
  return { inputs, rows: table.rows, labels };
}

function targetColumn(table: Table, target: string | null): Column | undefined {
  if (target === null)
    return USUAL_TARGETS.map((name) => columnNamed(table, name)).find((column) => column !== undefined);
  const column = columnNamed(table, target);
  if (column === undefined)
    throw fail('optimize.bad-data', { reason: `there is no column ${target}` }, { path: 'target' });
  return column;
}

/** Values of one row; undefined where that is open. */
function widthOf({ shape }: TensorSpec): number | undefined {
  const row = shape?.slice(1);
  return row?.every((size) => typeof size === 'number')
    ? (row as number[]).reduce((product, size) => product * size, 1)
    : undefined;
}

function columnTensor({ name, type, shape }: TensorSpec, columns: readonly Column[], rows: number): Tensor {
  const sizes = [rows, ...((shape ?? ['']).slice(1) as number[])];
  const values = Array.from({ length: rows * columns.length }, (_, i) =>
    cellValue(columns[i % columns.length]!, Math.floor(i / columns.length)),
  );
  const bytes =
    type === 'string'
      ? encodeStrings(
          values.map((value) => (value === null ? '' : String(value))),
          name,
        )
      : encodeValues(
          type,
          values.map((value) => (typeof value === 'boolean' && type !== 'bool' ? Number(value) : value)),
          name,
        );
  return { name, type, shape: sizes, bytes };
}

function labelAt(column: Column, row: number): string | number {
  const value = cellValue(column, row);
  if (value === null) throw fail('optimize.bad-data', { reason: `row ${row + 1} has no ${column.name}` });
  return typeof value === 'boolean' ? Number(value) : value;
}
