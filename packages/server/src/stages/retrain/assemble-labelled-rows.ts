import { type ColumnReading, ownValue } from '@slipway/contract';
import { exactJson } from '../../kernel/index.ts';
import type { Label } from '../../metadata/index.ts';
import {
  type ColumnSchema,
  type ColumnType,
  missingNumbers,
  type TableSchema,
  textReader,
} from '../ingest/index.ts';
import { labelCell } from '../label/index.ts';
import { compileMoment, type PredictionRecord, type RawRow, type RawValue } from '../serve/index.ts';
import type { LabelledRows } from './model.ts';

/**
 * The rows that were predicted and whose truth is known, with the columns of the dataset in its order and in their types.
 * A column is left out of a row that did not hold it, or holds a missing value there: the model leaves columns out, and
 * callers need not send those. A time column by which rows are in order, and which a row did not hold, gets the moment of the
 * prediction. Of several labels for one prediction the last one given counts.
 */
export function assembleLabelledRows(
  records: readonly Pick<PredictionRecord, 'id' | 'ts' | 'row'>[],
  labels: readonly Pick<Label, 'predictionId' | 'value'>[],
  { schema, target, timeColumn }: { schema: TableSchema; target: string; timeColumn?: string },
): LabelledRows {
  const truths = new Map(labels.map(({ predictionId, value }) => [predictionId, value]));
  const columns = schema.columns.map((column) => ({
    name: column.name,
    type: column.type,
    read: compileReader(column, schema.missingWords),
  }));
  const targetColumn = schema.columns.find(({ name }) => name === target)!;
  const { type, reading } = targetColumn;
  const readLabel = labelCell({ type, classes: [], reading, missingWords: schema.missingWords });
  const stamped = columns.find((column) => column.name === timeColumn && column.type === 'timestamp')?.name;
  const found: LabelledRows = { rows: [], labels: [], unlabelled: 0, invalid: 0, unfit: 0 };
  for (const { id, ts, row } of records) {
    const label = truths.get(id);
    const truth = label === undefined ? undefined : readLabel(label);
    if (label === undefined) found.unlabelled++;
    else if (truth === undefined) found.invalid++;
    else {
      const cells: [string, RawValue][] = [];
      for (const { name, read } of columns) {
        const cell =
          name === target
            ? truth
            : name === stamped && ownValue(row, name) === undefined
              ? ts
              : cellOf(row, name, read);
        if (cell === undefined) found.unfit++;
        else if (cell !== null) cells.push([name, cell]);
      }
      found.rows.push(Object.fromEntries(cells));
      found.labels.push({ predictionId: id, value: label });
    }
  }
  return found;
}

/** The value in the column's type, as JSON has it; null where it is missing, undefined where it does not fit. */
type Reader = (value: unknown) => RawValue | undefined;

function cellOf(row: RawRow, name: string, read: Reader): RawValue | undefined {
  const value: unknown = ownValue(row, name);
  return value === null || value === undefined ? null : read(value);
}

/** Callers may send anything in a column that the model does not take; what was sent as text is read as in a file. */
function compileReader({ type, reading }: ColumnSchema, missingWords: string[] | undefined): Reader {
  if (type === 'string') return (value) => (typeof value === 'object' ? exactJson(value) : String(value));
  const readText = compileText(type, reading, missingWords);
  const missing = missingNumbers(type === 'number' ? (missingWords ?? []) : [], reading);
  return (value) => {
    if (missing.has(value as number)) return null;
    if (typeof value === 'string') return readText(value);
    if (type === 'number' && typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (type === 'number' && typeof value === 'bigint') return Number(value);
    if (type === 'number' && typeof value === 'boolean') return Number(value);
    if (type === 'boolean' && (value === 0 || value === 1)) return value === 1;
    return type === 'boolean' && typeof value === 'boolean' ? value : undefined;
  };
}

const USUAL_READINGS: Record<'number' | 'boolean', ColumnReading> = {
  number: { as: 'number', decimal: '.', thousands: '' },
  boolean: { as: 'boolean' },
};

/** Reads text as the dataset does; times become ISO 8601 in UTC. */
function compileText(
  type: Exclude<ColumnType, 'string'>,
  reading: ColumnReading | undefined,
  missingWords: string[] | undefined,
): (text: string) => RawValue | undefined {
  if (type !== 'timestamp') {
    return textReader(reading?.as === type ? reading : USUAL_READINGS[type], missingWords);
  }
  const isMissing = textReader({ as: 'string' }, missingWords);
  const readMoment = compileMoment(reading);
  return (text) => {
    if (isMissing(text) === null) return null;
    const moment = readMoment(text) ?? Number.NaN;
    return Number.isNaN(moment) ? undefined : new Date(moment).toISOString();
  };
}
