import type { Tree } from '../../train/index.ts';

/** What a subtree comes to, by the training rows that reached it. */
export type SubtreeSummary = {
  cover: number;
  /** Mean score of those rows: the leaf value that replaces the subtree with least squared change. */
  mean: number;
  leaves: number;
  /** Squared change of scores, summed over those rows, if the subtree became one leaf. */
  spread: number;
};

/** The summary of every node, by node. */
export function summarizeSubtrees(tree: Tree): SubtreeSummary[] {
  const summaries: SubtreeSummary[] = new Array(tree.feature.length);
  visit(tree, 0, summaries);
  return summaries;
}

function visit(tree: Tree, node: number, summaries: SubtreeSummary[]): SubtreeSummary {
  const summary = tree.feature[node]! < 0 ? leaf(tree, node) : split(tree, node, summaries);
  summaries[node] = summary;
  return summary;
}

function leaf(tree: Tree, node: number): SubtreeSummary {
  return { cover: tree.cover[node]!, mean: tree.value[node]!, leaves: 1, spread: 0 };
}

function split(tree: Tree, node: number, summaries: SubtreeSummary[]): SubtreeSummary {
  const left = visit(tree, tree.left[node]!, summaries);
  const right = visit(tree, tree.right[node]!, summaries);
  const cover = left.cover + right.cover;
  const share = cover > 0 ? left.cover / cover : 0.5;
  const gap = left.mean - right.mean;
  return {
    cover,
    mean: right.mean + share * gap,
    leaves: left.leaves + right.leaves,
    spread: left.spread + right.spread + cover * share * (1 - share) * gap * gap,
  };
}
