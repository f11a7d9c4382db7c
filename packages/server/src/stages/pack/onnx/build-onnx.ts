import { byVocabulary, classTypeOf, isText, missingWordsOf, type Preparation } from '../../prepare/index.ts';
import type { AdditiveModel, LinearTerm } from '../../train/index.ts';
import type { Decision } from '../model.ts';
import { addAnswer } from './answer-nodes.ts';
import { addFeature, type FeatureNodes } from './feature-nodes.ts';
import { type GraphBuilder, newGraphBuilder } from './graph-builder.ts';
import { type GraphNames, graphNames } from './graph-names.ts';
import { addInputColumns } from './input-columns.ts';
import { addBase, addCategoryTerm, addNumberTerms, addTrees } from './model-nodes.ts';
import { addPart } from './parts/part-nodes.ts';
import { addTextFeatures } from './text-nodes.ts';

/**
 * Builds one ONNX graph from raw columns to predictions.
 *
 * Takes a rank-1 tensor [N] per input column: number, boolean (0 and 1) and timestamp (epoch milliseconds) as double with NaN for
 * missing, in a number also what a missing-value word says (-999); string as string with "" or a missing-value word for missing (in a
 * column of categories as it is listed, without spaces around it). Gives `value` [N], the class in its type (string, int64, double
 * or bool) or the number as double, and for classes one float tensor [N] of probabilities each. Features are float32 as in training;
 * thresholds, sums and links are computed in double, layers of networks in float32.
 */
export function buildOnnx(
  preparation: Preparation,
  model: AdditiveModel,
  decision: Decision,
  names: GraphNames = graphNames(preparation),
): Uint8Array {
  const graph = newGraphBuilder([...names.inputs, names.value, ...names.probabilities]);
  const columns = addInputColumns(graph, preparation.inputs, names, missingWordsOf(preparation));
  const features = featureNodes(graph, preparation, columns);
  const scores = addScores(graph, model, features, columns.values().next().value!);
  const { classes } = preparation;
  addAnswer(graph, {
    ...{ scores, link: model.link, decision, names },
    ...{ classes, classType: classTypeOf(preparation) },
  });
  return graph.finish('slipway', {
    'slipway.task': preparation.task,
    'slipway.target': preparation.target,
    'slipway.classes': JSON.stringify(preparation.classes),
  });
}

function featureNodes(
  graph: GraphBuilder,
  preparation: Preparation,
  columns: Map<string, string>,
): FeatureNodes {
  const tensors = new Map<number, string>();
  const words = missingWordsOf(preparation);
  const addTexts = (feature: number): string => {
    const group = byVocabulary(preparation.features).find(({ places }) => places.includes(feature))!;
    const column = columns.get(group.features[0]!.column)!;
    const added = addTextFeatures(graph, group.features, column, words);
    group.places.forEach((place, i) => {
      tensors.set(place, added[i]!);
    });
    return tensors.get(feature)!;
  };
  const add = (feature: number): string => {
    const spec = preparation.features[feature]!;
    return isText(spec) ? addTexts(feature) : addFeature(graph, spec, columns, words);
  };
  return {
    specs: preparation.features,
    tensor(feature) {
      const known = tensors.get(feature) ?? add(feature);
      tensors.set(feature, known);
      return known;
    },
  };
}

function addScores(
  graph: GraphBuilder,
  model: AdditiveModel,
  features: FeatureNodes,
  anyColumn: string,
): string {
  const hasSplits = model.trees.some((tree) => tree.feature[0]! >= 0);
  const start = hasSplits
    ? addTrees(graph, model, features)
    : addBase(graph, constantScores(model), anyColumn);
  const { link, outputs } = model;
  const summands = [
    ...addLinearTerms(graph, model.linear, features),
    ...model.parts.map((part) => addPart({ graph, features, link, outputs }, part)),
  ];
  return summands.reduce((sum, part) => graph.node('Add', [sum, part]), start);
}

/** The base with what trees of a single leaf add. */
function constantScores(model: AdditiveModel): number[] {
  const scores = [...model.base];
  for (const tree of model.trees) scores[tree.output]! += tree.value[0]!;
  return scores;
}

function addLinearTerms(graph: GraphBuilder, terms: readonly LinearTerm[], features: FeatureNodes): string[] {
  const numbers = terms.filter((term) => term.kind === 'number');
  const categories = terms.filter((term) => term.kind === 'category');
  const parts = categories.map((term) => addCategoryTerm(graph, term, features));
  return numbers.length > 0 ? [addNumberTerms(graph, numbers, features), ...parts] : parts;
}
