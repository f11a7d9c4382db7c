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
import { partialDependence } from './partial-dependence.ts';
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

/**
 * What the model relies on: importance by shuffling, mean attributions, and the dependence of the answer on the most
 * important columns. Pure; the same request gives the same explanation.
 */
export function explainModel(request: ExplainRequest): ModelExplanation {
  const importance = importanceOf(request);
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
    ),
    ...(terms.length > 0 && { terms }),
  };
}

function importanceOf(request: ExplainRequest): ModelExplanation['importance'] {
  const { preparation, table, target, predict, seed } = request;
  const task = preparation.task as ValidatedTask;
  const columns = Math.max(1, new Set(preparation.features.flatMap(columnsOf)).size);
  const { importancePredictions, importanceRows, shuffles } = LIMITS;
  const most = Math.min(importanceRows, Math.max(200, importancePredictions / (columns * shuffles)));
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
}: ExplainRequest): ModelExplanation['attribution'] {
  const { attributionRows, attributionRowsWithParts } = LIMITS;
  const rows = evenRows(table.rows, model.parts.length > 0 ? attributionRowsWithParts : attributionRows);
  const { columns } = encodeFeatures(preparation, table, rows);
  const explainer = compileMarginExplainer(model, reference);
  const made = preparation.features.map(columnsOf);
  const sums = new Map(made.flat().map((name) => [name, 0]));
  for (let row = 0; row < rows.length; row++) {
    const values = explainer.explain(Float32Array.from(columns, (column) => column[row]!));
    for (const [column, magnitude] of magnitudes(values, made)) {
      sums.set(column, sums.get(column)! + magnitude / rows.length);
    }
  }
  return { rows: rows.length, columns: ranked(sums) };
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

function dependenceOf(request: ExplainRequest, names: readonly string[]): ModelExplanation['dependence'] {
  const { preparation, table, predict } = request;
  const rows = takeRows(table, evenRows(table.rows, LIMITS.dependenceRows));
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
