import { fail, ownValue, type SlipwayError } from '@slipway/contract';
import { checkRowCount } from '../instances.ts';

/** A table as MLflow's scoring protocol sends it. */
export type Frame = { columns: readonly string[] | undefined; rows: readonly unknown[] };

type FrameReader = (value: unknown, path: string) => Frame;

/** The four forms; a body holds exactly one of them. */
const FORMS = new Map(
  Object.entries<FrameReader>({
    dataframe_split: readSplit,
    dataframe_records: readRecords,
    instances: readRecords,
    inputs: readInputs,
  }),
);

/**
 * The rows of a scoring body as lists of values or objects. Other keys, `params` among them, are passed over as
 * MLflow does for a model without parameters. Throws `request.invalid`, `predict.no-rows`, `predict.too-many-rows`.
 */
export function readFrame(body: unknown, maxRows: number): Frame {
  if (!isObject(body)) throw invalid('the body is not an object', undefined);
  const given = [...FORMS].filter(([form]) => Object.hasOwn(body, form));
  if (given[0] === undefined || given.length > 1) {
    throw invalid(`the body holds exactly one of ${[...FORMS.keys()].join(', ')}`, undefined);
  }
  const [form, read] = given[0];
  const frame = read(ownValue(body, form), form);
  checkRowCount(frame.rows.length, maxRows, form);
  return frame;
}

function readSplit(split: unknown, path: string): Frame {
  if (!isObject(split) || !Array.isArray(split.data)) throw invalid('it has no list "data"', `${path}.data`);
  const { columns, data } = split;
  if (columns === undefined) return { columns: undefined, rows: data };
  if (!Array.isArray(columns) || columns.some((name) => typeof name !== 'string')) {
    throw invalid('"columns" is not a list of names', `${path}.columns`);
  }
  const uneven = data.findIndex((row) => !Array.isArray(row) || row.length !== columns.length);
  if (uneven >= 0) throw invalid(`a row is a list of ${columns.length} values`, `${path}.data[${uneven}]`);
  return { columns: columns as string[], rows: data };
}

function readRecords(records: unknown, path: string): Frame {
  if (isObject(records) && path === 'instances') return readColumns(records, path);
  if (!Array.isArray(records)) throw invalid('it is not a list of records', path);
  const odd = records.findIndex((record) => !isObject(record));
  if (odd >= 0) throw invalid('a record is an object of column: value', `${path}[${odd}]`);
  return { columns: undefined, rows: records };
}

function readInputs(inputs: unknown, path: string): Frame {
  return isObject(inputs) ? readColumns(inputs, path) : readRecords(inputs, path);
}

/** `{ column: [ value, … ] }`; a lone value is a column of one. */
function readColumns(columns: Record<string, unknown>, path: string): Frame {
  const names = Object.keys(columns);
  const values = Object.values(columns).map((column) => (Array.isArray(column) ? column : [column]));
  const length = values[0]?.length ?? 0;
  const uneven = values.findIndex((column) => column.length !== length);
  if (uneven >= 0) throw invalid('the columns have different lengths', `${path}.${names[uneven]}`);
  const rows = Array.from({ length }, (_, row) => values.map((column) => column[row]));
  return { columns: names, rows };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(reason: string, path: string | undefined): SlipwayError {
  return fail('request.invalid', { reason }, path === undefined ? {} : { path });
}
