import { type Dim, fixedDim, isSame, ONE, plus, times } from '../dimension.ts';
import type { Operation, Rule } from '../operation.ts';
import { axisOf, dimsOf, needFixed, tensorOf, Unproven } from '../traced-tensor.ts';
import { withoutItems } from './elementwise.ts';

/** The operators of ai.onnx.ml: rows on axis 0 of tables, features on axis 1. */

/** A list is one row to these operators, not one value of each. */
function tableOf(operation: Operation): readonly Dim[] {
  const [tensor, ...rest] = operation.inputs;
  needFixed('a parameter', ...rest);
  const dims = dimsOf(tensor);
  const axis = axisOf(tensor);
  if (tensor?.is === 'sizes' || (axis !== undefined && (axis !== 0 || dims.length !== 2)))
    throw new Unproven('takes its input as one row where it is no table of rows');
  return dims;
}

/** Each feature, or each row, by itself. */
const sameTable: Rule = (operation) => tensorOf(tableOf(operation), axisOf(operation.inputs[0]));

const eachValue: Rule = (operation) => withoutItems(operation.inputs[0]);

/** The class of each row and its scores. */
const classify: Rule = (operation) => {
  const [rows] = tableOf(operation);
  const axis = axisOf(operation.inputs[0]);
  const width = scoresOf(operation);
  const scores = width === undefined ? operation.fresh() : fixedDim(width);
  return [tensorOf([rows ?? ONE], axis), tensorOf([rows ?? ONE, scores], axis)];
};

/** Scores of a row, where that is the number of classes for sure. */
function scoresOf(operation: Operation): number | undefined {
  const lists = ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints'].map(
    (name) => (operation.strings(name)?.length || operation.ints(name)?.length) ?? 0,
  );
  const classes = Math.max(...lists);
  if (classes < 2) return undefined;
  if (operation.opType === 'TreeEnsembleClassifier') return classes;
  const targets = operation.floats('intercepts')?.length;
  const isPlain = targets === classes || (targets === 1 && classes === 2);
  return operation.opType === 'LinearClassifier' && isPlain ? classes : undefined;
}

const regress: Rule = (operation) => {
  const [rows] = tableOf(operation);
  const targets = operation.int('targets', operation.int('n_targets', 1));
  return tensorOf([rows ?? ONE, fixedDim(Math.max(1, targets))], axisOf(operation.inputs[0]));
};

const vectorize: Rule = (operation) => {
  const [rows] = tableOf(operation);
  return tensorOf([rows ?? ONE, operation.fresh()], axisOf(operation.inputs[0]));
};

const oneHot: Rule = (operation) => {
  const [tensor] = operation.inputs;
  const categories = operation.strings('cats_strings')?.length || operation.ints('cats_int64s')?.length;
  const width = categories ? fixedDim(categories) : operation.fresh();
  return tensorOf([...dimsOf(withoutItems(tensor)), width], axisOf(tensor));
};

const joinFeatures: Rule = (operation) => {
  const tables = operation.inputs.map((tensor) => ({ axis: axisOf(tensor), dims: dimsOf(tensor) }));
  const [first] = tables;
  const isEven = tables.every(
    ({ axis, dims }) =>
      axis === first?.axis &&
      dims.length === 2 &&
      (axis === undefined || (axis === 0 && isSame(dims[0]!, first!.dims[0]!))),
  );
  if (!isEven || first === undefined) throw new Unproven('joins tables of different rows');
  const width = tables.reduce<Dim | undefined>((sum, { dims }) => sum && plus(sum, dims[1]!), fixedDim(0));
  return tensorOf([first.dims[0]!, width ?? operation.fresh()], first.axis);
};

/** Picks from the last axis: columns of each row, or for each row an item of a list. */
const extract: Rule = (operation) => {
  const [from, indices] = operation.inputs;
  const [shape, places] = [dimsOf(from), dimsOf(indices)];
  if ([from, indices].some((tensor) => tensor?.is === 'sizes'))
    throw new Unproven('computes with the number of rows');
  const [own, picked] = [axisOf(from), axisOf(indices)];
  const count = times(ONE, ...places);
  const dims = [...(shape.length === 1 ? [ONE] : shape.slice(0, -1)), count];
  if (own !== undefined) {
    if (picked !== undefined || own === shape.length - 1)
      throw new Unproven('picks values by place among all rows');
    return tensorOf(dims, own);
  }
  if (picked === undefined) return tensorOf(dims, undefined);
  const isFolded = places[picked]!.outer !== undefined;
  const isInOrder = !isFolded && isSame(times(ONE, ...places.slice(0, picked)), ONE);
  if (!isInOrder) throw new Unproven('picks values by place among all rows');
  return tensorOf(dims, dims.length - 1);
};

export const CLASSICAL: Record<string, Rule> = {
  Scaler: sameTable,
  Normalizer: sameTable,
  Imputer: sameTable,
  Binarizer: eachValue,
  LabelEncoder: eachValue,
  CategoryMapper: eachValue,
  LinearClassifier: classify,
  SVMClassifier: classify,
  TreeEnsembleClassifier: classify,
  LinearRegressor: regress,
  SVMRegressor: regress,
  TreeEnsembleRegressor: regress,
  TreeEnsemble: regress,
  OneHotEncoder: oneHot,
  FeatureVectorizer: joinFeatures,
  ArrayFeatureExtractor: extract,
};

/** Counts of the words of each row, where there is a table of rows. */
export const TEXTS: Record<string, Rule> = { TfIdfVectorizer: vectorize };
