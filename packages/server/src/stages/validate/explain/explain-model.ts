import { seededRandom, shuffle, type TimeAllowance } from '../../../kernel/index.ts';
import { columnNamed, type Table, takeRows } from '../../ingest/index.ts';
import {
  columnsOf,
  encodeFeatures,
  type FeatureMatrix,
  type FeatureSpec,
  isText,
  type Preparation,
  type TargetVector,
} from '../../prepare/index.ts';
import type { AdditiveModel, Predictions } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';
import type { ColumnAttribution, ModelExplanation } from './explanation.ts';
import { leadingTerms } from './leading-terms.ts';
import { compileMarginExplainer } from './margin-explainer.ts';
import { MOST_POINTS, partialDependence } from './partial-dependence.ts';
import { shuffledColumns } from './shuffled-columns.ts';

export type ExplainRequest = {
  preparation: Preparation;
  model: AdditiveModel;
  /** Raw rows never trained on. */
  table: Table;
  target: TargetVector;
  /** Encoded training rows that attributions compare with. */
  reference: FeatureMatrix;
  predict(features: FeatureMatrix): Predictions;
  seed: number;
  /** Fewer rows are taken where the usual ones would take longer; without an allowance they are all taken. */
  time?: TimeAllowance;
};

/** Bounds of the work, which is about a second for a usual model; rows are taken evenly over the table. */
const LIMITS = {
  /** Predictions made for importance, over all columns and shuffles. */
  importancePredictions: 400_000,
  importanceRows: 4000,
  shuffles: 5,
  attributionRows: 300,
  /** Parts are estimated by predictions, which takes longer. */
  attributionRowsWithParts: 30,
  dependenceRows: 300,
  dependenceColumns: 6,
};

/** Where time is short: rows and shuffles that are taken in any case. */
const LEAST = { importanceRows: 50, shuffles: 1, attributionRows: 5, dependenceRows: 30 };

/** Shares of what is left of the time when each part begins, the last taking what it needs of the rest. */
const SHARES = { importance: 0.5, attribution: 0.5, dependence: 0.8 };

/** Rows that the time of a prediction is measured by, and what encoding and losses add to it. */
const MEASURED_ROWS = 200;
const BESIDE_PREDICTING = 1.5;

/**
 * What the model relies on: importance by shuffling, mean attributions, and the dependence of the answer on the most
 * important columns. Pure; the same request gives the same explanation.
 */
export function explainModel(request: ExplainRequest): ModelExplanation {
  const rowSeconds = secondsOfARow(request);
  const importance = importanceOf(request, rowSeconds);
  const texts = new Set(request.preparation.features.filter(isText).map(({ column }) => column));
  // A text put into every row at once is no question that anybody asks.
  const leading = importance.columns
    .filter(({ column, rise }) => rise > 0 && !texts.has(column))
    .slice(0, LIMITS.dependenceColumns);
  const terms = leadingTerms(request.preparation.features, outputNames(request.preparation));
  return {
    importance,
    attribution: attributionOf(request),
    dependence: dependenceOf(
      request,
      leading.map(({ column }) => column),
      rowSeconds,
    ),
    ...(terms.length > 0 && { terms }),
  };
}

/** What predicting one row takes, measured; 0 without an allowance, or under a clock that stands still. */
function secondsOfARow({ preparation, table, predict, time }: ExplainRequest): number {
  if (time === undefined) return 0;
  const rows = evenRows(table.rows, MEASURED_ROWS);
  const features = encodeFeatures(preparation, table, rows);
  const before = time.left();
  predict(features);
  return (BESIDE_PREDICTING * (before - time.left())) / rows.length;
}

/** Predictions that a share of the time has room for. */
function affordable({ time }: ExplainRequest, share: number, rowSeconds: number): number {
  return time === undefined || rowSeconds === 0
    ? Number.POSITIVE_INFINITY
    : (share * time.left()) / rowSeconds;
}

function importanceOf(request: ExplainRequest, rowSeconds: number): ModelExplanation['importance'] {
  const { preparation, table, target, predict, seed } = request;
  const task = preparation.task as ValidatedTask;
  const columns = Math.max(1, new Set(preparation.features.flatMap(columnsOf)).size);
  const { importancePredictions, importanceRows } = LIMITS;
  const room = affordable(request, SHARES.importance, rowSeconds) / columns;
  const shuffles = Math.max(
    LEAST.shuffles,
    Math.min(LIMITS.shuffles, Math.floor(room / LEAST.importanceRows)),
  );
  const usual = Math.min(importanceRows, Math.max(200, importancePredictions / (columns * LIMITS.shuffles)));
  const most = Math.max(LEAST.importanceRows, Math.min(usual, room / shuffles));
  const rows = evenRows(table.rows, most);
  const found = shuffledColumns(
    {
      task,
      specs: preparation.features,
      table: takeRows(table, rows),
      target: Float64Array.from(rows, (row) => target[row]!),
      predict,
    },
    shuffles,
    seed,
  );
  return { metric: task === 'regression' ? 'rmse' : 'log-loss', rows: rows.length, shuffles, columns: found };
}

function attributionOf({
  preparation,
  model,
  table,
  reference,
  seed,
  time,
}: ExplainRequest): ModelExplanation['attribution'] {
  const { attributionRows, attributionRowsWithParts } = LIMITS;
  const chosen = evenRows(table.rows, model.parts.length > 0 ? attributionRowsWithParts : attributionRows);
  // In no order, so that those that there is time for are of the whole table.
  const rows = shuffle(chosen, seededRandom(seed));
  const own = time?.part(SHARES.attribution);
  const { columns } = encodeFeatures(preparation, table, rows);
  const explainer = compileMarginExplainer(model, reference);
  const made = preparation.features.map(columnsOf);
  const sums = new Map(made.flat().map((name) => [name, 0]));
  let explained = 0;
  for (let row = 0; row < rows.length; row++) {
    if (explained >= LEAST.attributionRows && own?.isSpent()) break;
    explained++;
    const values = explainer.explain(Float32Array.from(columns, (column) => column[row]!));
    for (const [column, magnitude] of magnitudes(values, made)) {
      sums.set(column, sums.get(column)! + magnitude);
    }
  }
  for (const [column, sum] of sums) sums.set(column, sum / Math.max(1, explained));
  return { rows: explained, columns: ranked(sums) };
}

/**
 * By column: its features' values are added up within each output, then the sizes over the outputs. A feature of two
 * columns counts half for each.
 */
function magnitudes(values: Float64Array, made: readonly (readonly string[])[]): Map<string, number> {
  const found = new Map<string, number>();
  for (let from = 0; from < values.length; from += made.length) {
    const byColumn = new Map<string, number>();
    for (const [feature, columns] of made.entries()) {
      const share = values[from + feature]! / columns.length;
      for (const name of columns) byColumn.set(name, (byColumn.get(name) ?? 0) + share);
    }
    for (const [name, value] of byColumn) found.set(name, (found.get(name) ?? 0) + Math.abs(value));
  }
  return found;
}

function ranked(sums: ReadonlyMap<string, number>): ColumnAttribution[] {
  return [...sums]
    .map(([column, meanAbsolute]) => ({ column, meanAbsolute }))
    .sort((a, b) => b.meanAbsolute - a.meanAbsolute);
}

function dependenceOf(
  request: ExplainRequest,
  names: readonly string[],
  rowSeconds: number,
): ModelExplanation['dependence'] {
  const { preparation, table, predict } = request;
  const predictions = Math.max(1, names.length) * MOST_POINTS;
  const room = affordable(request, SHARES.dependence, rowSeconds) / predictions;
  const most = Math.max(LEAST.dependenceRows, Math.min(LIMITS.dependenceRows, room));
  const rows = takeRows(table, evenRows(table.rows, most));
  const features = encodeFeatures(preparation, rows);
  const columns = names.flatMap((name) => {
    const column = columnNamed(rows, name);
    if (column === undefined) return [];
    const encode = encoderOfChanged(preparation.features, features, name);
    return [partialDependence(rows, column, (changed) => predict(encode(changed)))];
  });
  return { rows: rows.rows, outputs: outputNames(preparation), columns };
}

/** The features of tables that differ from the one of `features` in one column: what is not made of it stays. */
function encoderOfChanged(specs: readonly FeatureSpec[], features: FeatureMatrix, column: string) {
  const made = specs.flatMap((spec, feature) => (columnsOf(spec).includes(column) ? [feature] : []));
  const own = { features: made.map((feature) => specs[feature]!) };
  return (changed: Table): FeatureMatrix => {
    const columns = [...features.columns];
    for (const [i, values] of encodeFeatures(own, changed).columns.entries()) columns[made[i]!] = values;
    return { ...features, columns };
  };
}

function outputNames({ target, classes }: Preparation): string[] {
  if (classes.length === 0) return [target];
  return classes.length === 2 ? [classes[1]!] : classes;
}

/** `most` of the rows at most, evenly over the table. */
function evenRows(rows: number, most: number): Int32Array {
  const count = Math.min(rows, Math.floor(most));
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
}
