import { encodeFeatures, kindCount, levelCount, type MadeFeature } from '../../prepare/index.ts';
import type { Fold } from '../folds.ts';
import { binFeatures } from '../learners/boosted-trees/index.ts';
import type { LearnerData } from '../learners/index.ts';
import { kindOfRows } from './ingredients.ts';
import type { MakingInputs } from './making-inputs.ts';
import { type OutOfFoldOptions, outOfFoldMeans, targetStatisticsOrder } from './out-of-fold-means.ts';
import { fitTargetMeans, type MeanSource, meanAt } from './target-means.ts';

/** The training data with made features behind its own. */
export type MadeData = {
  data: LearnerData;
  /** The features that a fit on a fold sees: all of the data's own, then the recipes told, by their numbers. */
  featuresFor(fold: number, made: readonly number[]): number[];
};

/** Recipes that need more than this for all their columns are left out, the last first. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A cell as a number and as a bin. */
const CELL_BYTES = 5;

/** Cells of the data's own beyond which there are none: its columns are binned anew beside theirs, a byte a cell. */
const MOST_OWN_CELLS = 400_000_000;

/** Whether there is room for made features at all: the bins of the data's own features are held twice. */
export function isRoomToMake(rows: number, features: number): boolean {
  return rows * features <= MOST_OWN_CELLS;
}

/** How many of the recipes there is room for. */
export function recipesWithRoom(recipes: readonly MadeFeature[], rows: number, folds: number): number {
  let bytes = 0;
  const over = recipes.findIndex((recipe) => {
    bytes += rows * CELL_BYTES * (isTargetMean(recipe) ? folds : 1);
    return bytes > MOST_BYTES;
  });
  return over < 0 ? recipes.length : over;
}

/**
 * Makes the columns of the recipes: of target means one for each of `folds` (indices into `allFolds`), since each fold
 * learns them from other rows.
 */
export function makeData(
  own: LearnerData,
  recipes: readonly MadeFeature[],
  inputs: MakingInputs,
  allFolds: readonly Fold[],
  folds: readonly number[],
  options: OutOfFoldOptions,
): MadeData {
  const columns = [...own.features.columns];
  const levels = [...own.features.levels];
  const add = (column: Float32Array, count: number) => {
    levels.push(count);
    return columns.push(column) - 1;
  };
  const orders = new Map(
    recipes.some(isTargetMean)
      ? folds.map((fold) => [fold, targetStatisticsOrder(allFolds[fold]!.train, options)])
      : [],
  );
  const places = recipes.map((recipe) => {
    if (!isTargetMean(recipe)) {
      const place = add(encodeFeatures({ features: [recipe] }, inputs.table).columns[0]!, levelCount(recipe));
      return new Map(folds.map((fold) => [fold, place]));
    }
    const source = meanSource(recipe, own, inputs);
    const how = { ...options, sparse: recipe.of.length > 1 };
    const meansIn = (fold: number) => outOfFoldMeans(source, allFolds[fold]!, how, orders.get(fold));
    return new Map(folds.map((fold) => [fold, add(meansIn(fold), 0)]));
  });
  const features = { rows: own.features.rows, columns, levels: Int32Array.from(levels) };
  const all = own.features.columns.map((_, feature) => feature);
  return {
    data: { ...own, features, binned: binFeatures(features) },
    featuresFor: (fold, made) => [...all, ...made.map((recipe) => places[recipe]!.get(fold)!)],
  };
}

/** The recipe as it goes into the model: target means are learnt from all training rows. */
export function settleRecipe(recipe: MadeFeature, data: LearnerData, inputs: MakingInputs): MadeFeature {
  if (!isTargetMean(recipe)) return recipe;
  const source = meanSource(recipe, data, inputs);
  const rows = Int32Array.from({ length: data.features.rows }, (_, row) => row);
  const means = fitTargetMeans(source, rows);
  const keys = [...means.weights.keys()].filter((key) => means.weights[key]! > 0);
  return {
    ...recipe,
    keys,
    values: keys.map((key) => Math.fround(meanAt(means, key))),
    otherwise: Math.fround(means.prior),
  };
}

type TargetMean = Extract<MadeFeature, { kind: 'lookup' }>;

function isTargetMean(recipe: MadeFeature): recipe is TargetMean {
  return recipe.kind === 'lookup' && recipe.by === 'target-mean';
}

function meanSource(
  { of, class: name }: TargetMean,
  { target, weights }: LearnerData,
  { table, classes }: MakingInputs,
): MeanSource {
  const [first, second] = of.map((kinds) => kindOfRows(kinds, table));
  const width = second === undefined ? 1 : kindCount(of[1]!) + 2;
  const keys = second === undefined ? first! : first!.map((kind, row) => kind * width + second[row]!);
  const size = (kindCount(of[0]!) + 2) * width;
  const index = name === null ? -1 : classes.indexOf(name);
  const told = index < 0 ? target : target.map((value) => (value === index ? 1 : 0));
  return { keys, size, target: told, weights };
}
