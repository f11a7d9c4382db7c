import type { Splits } from '../../train/index.ts';

/** The attributes of TreeEnsembleRegressor (ai.onnx.ml 3) as columns; node ids count from 0 in each tree. */
export type TreeEnsemble = {
  treeIds: number[];
  nodeIds: number[];
  featureIds: number[];
  modes: string[];
  values: number[];
  trueIds: number[];
  falseIds: number[];
  missingTracksTrue: number[];
  targetTreeIds: number[];
  targetNodeIds: number[];
  targetIds: number[];
  targetWeights: number[];
};

/** A tree with what each leaf adds, as pairs of a target and a score. */
export type EnsembleTree = { splits: Splits; leaf(node: number): readonly (readonly [number, number])[] };

/**
 * Lays trees out as an ensemble. `position` gives the column of a feature in the matrix, `levels` its number of
 * codes (0 when numeric).
 *
 * The opset has no set membership, so a categorical split becomes a chain of BRANCH_EQ nodes that share their true
 * child, in the way that LightGBM's converters write it and ONNX Runtime reads it. The chain lists the shorter of
 * the two sides. A missing value takes the true branch of the first link or of none.
 */
export function layOutEnsemble(
  trees: readonly EnsembleTree[],
  position: (feature: number) => number,
  levels: (feature: number) => number,
): TreeEnsemble {
  const ensemble = emptyEnsemble();
  for (const [treeId, { splits, leaf }] of trees.entries()) {
    addNode({ ensemble, tree: splits, leaf, treeId, nextId: 0, position, levels }, 0);
  }
  return ensemble;
}

type Layout = {
  ensemble: TreeEnsemble;
  tree: Splits;
  leaf: EnsembleTree['leaf'];
  treeId: number;
  nextId: number;
  position: (feature: number) => number;
  levels: (feature: number) => number;
};

/** Adds `node` and all below it; returns its id in the ensemble. */
function addNode(layout: Layout, node: number): number {
  const { tree } = layout;
  if (tree.feature[node]! < 0) return addLeaf(layout, node);
  const categories = tree.categories[node];
  return categories ? addChain(layout, node, categories) : addThreshold(layout, node);
}

function addLeaf(layout: Layout, node: number): number {
  const { ensemble, treeId } = layout;
  const id = addRow(layout, { mode: 'LEAF', feature: 0, value: 0, missingTrue: 0 });
  for (const [target, score] of layout.leaf(node)) {
    ensemble.targetTreeIds.push(treeId);
    ensemble.targetNodeIds.push(id);
    ensemble.targetIds.push(target);
    ensemble.targetWeights.push(score);
  }
  return id;
}

function addThreshold(layout: Layout, node: number): number {
  const { tree, ensemble } = layout;
  const row = ensemble.nodeIds.length;
  const id = addRow(layout, {
    mode: 'BRANCH_LEQ',
    feature: layout.position(tree.feature[node]!),
    value: tree.threshold[node]!,
    missingTrue: tree.missingLeft[node]!,
  });
  ensemble.trueIds[row] = addNode(layout, tree.left[node]!);
  ensemble.falseIds[row] = addNode(layout, tree.right[node]!);
  return id;
}

function addChain(layout: Layout, node: number, left: readonly number[]): number {
  const { tree, ensemble } = layout;
  const isLeft = new Set(left);
  const right = range(layout.levels(tree.feature[node]!)).filter((code) => !isLeft.has(code));
  const listsLeft = left.length <= right.length;
  const missingLeft = tree.missingLeft[node] === 1;
  const link = {
    mode: 'BRANCH_EQ',
    feature: layout.position(tree.feature[node]!),
    missingTrue: missingLeft === listsLeft ? 1 : 0,
  };
  // An empty list still needs a split that tells missing from the rest: no code is -1.
  const codes = listsLeft ? left : right;
  const rows = (codes.length > 0 ? codes : [-1]).map((value) => {
    const row = ensemble.nodeIds.length;
    return { row, id: addRow(layout, { ...link, value }) };
  });
  const [listed, others] = listsLeft ? [tree.left, tree.right] : [tree.right, tree.left];
  const whenListed = addNode(layout, listed[node]!);
  const otherwise = addNode(layout, others[node]!);
  for (const [index, { row }] of rows.entries()) {
    ensemble.trueIds[row] = whenListed;
    ensemble.falseIds[row] = rows[index + 1]?.id ?? otherwise;
  }
  return rows[0]!.id;
}

type Row = { mode: string; feature: number; value: number; missingTrue: number };

function addRow(layout: Layout, row: Row): number {
  const { ensemble } = layout;
  const id = layout.nextId++;
  ensemble.treeIds.push(layout.treeId);
  ensemble.nodeIds.push(id);
  ensemble.featureIds.push(row.feature);
  ensemble.modes.push(row.mode);
  ensemble.values.push(row.value);
  ensemble.trueIds.push(0);
  ensemble.falseIds.push(0);
  ensemble.missingTracksTrue.push(row.missingTrue);
  return id;
}

function emptyEnsemble(): TreeEnsemble {
  return {
    treeIds: [],
    nodeIds: [],
    featureIds: [],
    modes: [],
    values: [],
    trueIds: [],
    falseIds: [],
    missingTracksTrue: [],
    targetTreeIds: [],
    targetNodeIds: [],
    targetIds: [],
    targetWeights: [],
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
