import type { AdditiveModel, Tree } from '../../train/index.ts';
import type { QualityLimit, ValidationRows } from '../model.ts';
import { isWithin, neverSpent, qualityOf } from '../quality.ts';
import { rebuildTree } from '../trees/rebuild-tree.ts';
import { type SubtreeSummary, summarizeSubtrees } from '../trees/split-gains.ts';

/** Halvings of the share of splits that goes: a step of the last is under one in a hundred. */
const SEARCH_STEPS = 7;

/**
 * Makes leaves of the subtrees that change scores least for each leaf they have, as many as the quality limit allows.
 *
 * Weakest-link (cost-complexity) pruning: Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees",
 * 1984, chapter 3, with the squared change of scores over the training rows as the cost, over all trees at once. How
 * far to go is found by bisection on validation rows, as far as there is time for.
 */
export function pruneSplits(
  model: AdditiveModel,
  validation: ValidationRows,
  limit: QualityLimit,
  isSpent = neverSpent,
): AdditiveModel {
  const strengths = model.trees.map(linkStrengths);
  const ordered = Float64Array.from(strengths.flat().filter(Number.isFinite)).sort();
  let best = model;
  let kept = 0;
  let lost = 1;
  for (let step = 0; step < SEARCH_STEPS && ordered.length > 0 && !isSpent(); step++) {
    const share = (kept + lost) / 2;
    const candidate = collapse(model, strengths, ordered[Math.floor(share * (ordered.length - 1))]!);
    if (isWithin(limit, qualityOf(candidate, validation, limit))) {
      best = candidate;
      kept = share;
    } else lost = share;
  }
  return best;
}

/**
 * At each split the price of keeping it: the change of scores for each leaf that would go, but never less than at
 * the splits below it, so that a cut at any price takes whole subtrees. Infinite at leaves.
 */
function linkStrengths(tree: Tree): number[] {
  const summaries = summarizeSubtrees(tree);
  const strengths = new Array<number>(tree.feature.length).fill(Number.POSITIVE_INFINITY);
  raise(tree, 0, summaries, strengths);
  return strengths;
}

function raise(tree: Tree, node: number, summaries: SubtreeSummary[], strengths: number[]): number {
  if (tree.feature[node]! < 0) return 0;
  const below = Math.max(
    raise(tree, tree.left[node]!, summaries, strengths),
    raise(tree, tree.right[node]!, summaries, strengths),
  );
  const { spread, leaves } = summaries[node]!;
  strengths[node] = Math.max(below, spread / (leaves - 1));
  return strengths[node];
}

function collapse(model: AdditiveModel, strengths: readonly number[][], price: number): AdditiveModel {
  const trees = model.trees.map((tree, index) => {
    const summaries = summarizeSubtrees(tree);
    return rebuildTree(tree, (node) =>
      strengths[index]![node]! <= price ? summaries[node]!.mean : undefined,
    );
  });
  return { ...model, trees };
}
