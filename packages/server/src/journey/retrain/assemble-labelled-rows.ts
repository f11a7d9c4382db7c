import { ownValue } from '@slipway/contract';
import type { Label } from '../../ledger/index.ts';
import type { ColumnSchema, TableSchema } from '../ingest/index.ts';
import type { PredictionRecord, RawRow, RawValue } from '../serve/index.ts';
import type { LabelledRows } from './model.ts';

/**
 * The rows that were predicted and whose truth is known, with the columns of the dataset in its order: columns that
 * the model did not take were not sent, and are missing. Of several labels for one prediction the last one given counts.
 */
export function assembleLabelledRows(
  records: readonly Pick<PredictionRecord, 'id' | 'row'>[],
  labels: readonly Pick<Label, 'predictionId' | 'value'>[],
  { schema, target }: { schema: TableSchema; target: string },
): LabelledRows {
  const truths = new Map(labels.map(({ predictionId, value }) => [predictionId, value]));
  const targetColumn = schema.columns.find(({ name }) => name === target)!;
  const found: LabelledRows = { rows: [], unlabelled: 0, invalid: 0 };
  for (const { id, row } of records) {
    const label = truths.get(id);
    const truth = label === undefined ? undefined : targetValue(targetColumn, label);
    if (label === undefined) found.unlabelled++;
    else if (truth === undefined) found.invalid++;
    else found.rows.push(completeRow(schema, row, target, truth));
  }
  return found;
}

function completeRow({ columns }: TableSchema, row: RawRow, target: string, truth: RawValue): RawRow {
  return Object.fromEntries(
    columns.map(({ name }) => {
      if (name === target) return [name, truth];
      return [name, ownValue(row, name) ?? null];
    }),
  );
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** The label, which is text, as the target's type; undefined when it is none. */
function targetValue({ type }: Pick<ColumnSchema, 'type'>, label: string): RawValue | undefined {
  if (type === 'string') return label;
  if (type === 'boolean') return BOOLEANS.get(label.trim().toLowerCase());
  if (type === 'timestamp') return label;
  const value = label.trim() === '' ? Number.NaN : Number(label);
  return Number.isFinite(value) ? value : undefined;
}
