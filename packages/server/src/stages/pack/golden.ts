import { type Column, columnNamed, type Table } from '../ingest/index.ts';
import type { FeatureMatrix, Preparation } from '../prepare/index.ts';
import { type AdditiveModel, type Predictions, predictAdditive } from '../train/index.ts';
import { answerOf, classProbabilities, decidedClass } from './answer.ts';
import type { BundleManifest, Decision } from './model.ts';

export type GoldenRequest = {
  preparation: Preparation;
  model: AdditiveModel;
  decision: Decision;
  table: Table;
  features: FeatureMatrix;
  /** At most this many rows. */
  limit?: number;
};

type RawValue = string | number | boolean | null;

/**
 * A few raw rows with the answers the model must give: spread evenly over the answers (every class first, then low
 * to high scores), and the row with most missing values.
 */
export function buildGolden(request: GoldenRequest): BundleManifest['golden'] {
  const { preparation, decision, table } = request;
  const predictions = predictAdditive(request.model, request.features);
  const rows = chooseRows(request, predictions);
  return {
    rows: rows.map((row) => rawRow(preparation, table, row)),
    predictions: rows.map((row) => answerOf(preparation, decision, predictions, row)),
  };
}

function chooseRows(request: GoldenRequest, predictions: Predictions): number[] {
  const limit = request.limit ?? 8;
  const usable = Array.from({ length: request.table.rows }, (_, row) => row).filter((row) =>
    isJson(request, row),
  );
  if (usable.length <= limit) return usable;
  const ordered = spread(inOrderOfAnswers(request, predictions, usable), limit - 1);
  const missing = mostMissing(request, usable);
  return [...new Set([...ordered, missing])];
}

/** Classes in turn (each class from its surest row), or numbers from low to high. */
function inOrderOfAnswers(request: GoldenRequest, predictions: Predictions, rows: number[]): number[] {
  const keys = new Map(rows.map((row) => [row, answerKey(request, predictions, row)]));
  return rows.toSorted((a, b) => {
    const [one, other] = [keys.get(a)!, keys.get(b)!];
    return one.decided - other.decided || one.score - other.score;
  });
}

function answerKey(request: GoldenRequest, predictions: Predictions, row: number) {
  if (request.preparation.classes.length === 0) return { decided: 0, score: predictions.values[row]! };
  const probabilities = classProbabilities(predictions.values, predictions.outputs, row);
  const decided = decidedClass(probabilities, request.decision);
  return { decided, score: probabilities[decided]! };
}

/** `count` entries at even distances, the first and the last among them. */
function spread(values: readonly number[], count: number): number[] {
  const step = (values.length - 1) / Math.max(1, count - 1);
  return Array.from({ length: count }, (_, index) => values[Math.round(index * step)]!);
}

function mostMissing(request: GoldenRequest, rows: readonly number[]): number {
  const missing = (row: number) =>
    Object.values(rawRow(request.preparation, request.table, row)).filter((value) => value === null).length;
  return rows.reduce((best, row) => (missing(row) > missing(best) ? row : best), rows[0]!);
}

/** Infinite numbers have no JSON form. */
function isJson(request: GoldenRequest, row: number): boolean {
  return inputColumns(request).every(
    (column) => column.type === 'string' || Math.abs(column.values[row]!) !== Infinity,
  );
}

function rawRow(preparation: Preparation, table: Table, row: number): Record<string, RawValue> {
  return Object.fromEntries(
    inputColumns({ preparation, table }).map((column) => [column.name, rawValue(column, row)]),
  );
}

function inputColumns({ preparation, table }: Pick<GoldenRequest, 'preparation' | 'table'>): Column[] {
  return preparation.inputs.map((input) => columnNamed(table, input.name)!);
}

/** As a caller sends it: timestamps as ISO 8601, missing as null. */
function rawValue(column: Column, row: number): RawValue {
  if (column.type === 'string') return column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!]!;
  const value = column.values[row]!;
  if (Number.isNaN(value)) return null;
  if (column.type === 'boolean') return value !== 0;
  return column.type === 'timestamp' ? new Date(value).toISOString() : value;
}
