import { columnsOf, type Preparation } from '../prepare/index.ts';
import type { AdditiveModel, LinearTerm, Tree } from '../train/index.ts';
import { summarizeSubtrees } from './trees/split-gains.ts';

/**
 * How much each input column moves the scores of the model, by name, summing to 1 (all 0 when nothing does).
 *
 * For trees the squared change of scores that each split makes over the training rows that reached it; for linear
 * terms the variance they would give standardised inputs (numbers) or evenly spread categories; for parts what they
 * say of themselves. What a feature of two columns does counts half for each.
 */
export function columnImportance(preparation: Preparation, model: AdditiveModel): Record<string, number> {
  const byFeature = new Float64Array(preparation.features.length);
  const rows = Math.max(1, ...model.trees.map((tree) => tree.cover[0]!));
  for (const tree of model.trees) addSplitGains(tree, rows, byFeature);
  for (const { features, influence, weight } of model.parts) {
    features.forEach((feature, i) => {
      byFeature[feature]! += weight * weight * influence[i]!;
    });
  }
  for (const term of model.linear) byFeature[term.feature]! += termVariance(term);
  const totals = new Map(preparation.inputs.map(({ name }) => [name, 0]));
  for (const [index, spec] of preparation.features.entries()) {
    const columns = columnsOf(spec);
    for (const name of columns)
      totals.set(name, (totals.get(name) ?? 0) + byFeature[index]! / columns.length);
  }
  const sum = [...totals.values()].reduce((all, value) => all + value, 0);
  return Object.fromEntries([...totals].map(([name, value]) => [name, sum > 0 ? value / sum : 0]));
}

/** The gain of a split is what its subtree's spread has over that of its children, as a mean over all rows. */
function addSplitGains(tree: Tree, rows: number, byFeature: Float64Array): void {
  const summaries = summarizeSubtrees(tree);
  for (let node = 0; node < tree.feature.length; node++) {
    const feature = tree.feature[node]!;
    const summary = summaries[node];
    if (feature < 0 || summary === undefined) continue;
    const below = summaries[tree.left[node]!]!.spread + summaries[tree.right[node]!]!.spread;
    byFeature[feature]! += (summary.spread - below) / rows;
  }
}

function termVariance(term: LinearTerm): number {
  if (term.kind === 'number') return term.weights.reduce((sum, weight) => sum + weight * weight, 0);
  const outputs = term.missingWeights.map((_, output) => variance(term.weights.map((row) => row[output]!)));
  return outputs.reduce((sum, value) => sum + value, 0);
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}
