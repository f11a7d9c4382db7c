import { type GraphBound, type GraphCondition, ownReader } from '@slipway/contract';
import { type InputColumn, parseTimestamp } from '../../prepare/index.ts';
import { type Cell, type CellReader, compileCellReader } from '../cell-readers.ts';
import type { RawRow } from '../model.ts';

/** Whether a row satisfies a condition. */
export type RowTest = (row: RawRow) => boolean;

/** How the columns are read that conditions may name. */
export type ConditionColumns = {
  columnOf(name: string): Pick<InputColumn, 'type' | 'reading'> | undefined;
  missingWords: readonly string[];
};

/**
 * Compiles a condition. A value is read as the models read it: null, an absent column and a missing-value word are missing,
 * and of a missing value no comparison holds. Times are compared as moments.
 */
export function compileCondition(condition: GraphCondition, columns: ConditionColumns): RowTest {
  if ('of' in condition) {
    const tests = condition.of.map((each) => compileCondition(each, columns));
    return condition.kind === 'all'
      ? (row) => tests.every((test) => test(row))
      : (row) => tests.some((test) => test(row));
  }
  const { column } = condition;
  const { type, reading } = columns.columnOf(column) ?? { type: condition.type ?? ('string' as const) };
  const own = { type, ...(reading && { reading }) };
  const read = cellOf(column, compileCellReader(own, columns.missingWords));
  if (condition.kind === 'missing') return (row) => (read(row) === null) === condition.is;
  if (condition.kind === 'in') {
    const values = new Set<Cell>(condition.values.map((value) => comparable(value, type)));
    return (row) => {
      const cell = read(row);
      return cell !== null && values.has(cell);
    };
  }
  const isFrom = boundTest(condition.from, type, 1);
  const isTo = boundTest(condition.to, type, -1);
  return (row) => {
    const cell = read(row);
    return typeof cell === 'number' && isFrom(cell) && isTo(cell);
  };
}

/** The cell of a row; null where it is missing, or is no value of the column's type, which reading the row refuses before. */
function cellOf(column: string, read: CellReader): (row: RawRow) => Cell {
  const value = ownReader(column);
  return (row) => {
    const found = value(row);
    return found === undefined || found === null ? null : (read(found) ?? null);
  };
}

function comparable(value: string | number | boolean, type: InputColumn['type']): Cell {
  return type === 'timestamp' ? (parseTimestamp(String(value)) ?? null) : value;
}

/** `side` is 1 for a lower bound and -1 for an upper one. */
function boundTest(
  bound: GraphBound | null,
  type: InputColumn['type'],
  side: 1 | -1,
): (cell: number) => boolean {
  if (bound === null) return () => true;
  const limit = comparable(bound.value, type) as number;
  return bound.inclusive ? (cell) => side * (cell - limit) >= 0 : (cell) => side * (cell - limit) > 0;
}
