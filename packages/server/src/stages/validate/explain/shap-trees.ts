import type { Tree } from '../../train/index.ts';

/**
 * Trees laid out for {@link openShapKernel}: the nodes of all trees, each tree in preorder, its root first.
 *
 * An entry that is not a root also stands for the edge that leads to it: which feature was asked, and what share of the
 * rows that came that far went this way. Where a path asks a feature again, the shares are multiplied, and `former` is
 * the edge that asked it before.
 */
export type ShapTrees = {
  /** Tree t has the entries `starts[t]` up to but without `starts[t + 1]`. */
  starts: Int32Array;
  /** Output each tree adds to. */
  output: Int32Array;
  /** Offsets within the tree; 0, the root, stands for none. */
  parent: Int32Array;
  former: Int32Array;
  /** Split of the entry: feature, or -1 at a leaf. */
  feature: Int32Array;
  threshold: Float64Array;
  /** Of categorical splits: 1 for each code that goes left. */
  codes: (Uint8Array | null)[];
  missingLeft: Uint8Array;
  isLeft: Uint8Array;
  /** Share of the rows that satisfy all that the path so far asks of the feature of the edge. */
  share: Float64Array;
  /** At leaves the score, at splits 0. */
  score: Float64Array;
  /** What the trees add to each output on average over the training rows. */
  expected: Float64Array;
  /** Entries of the largest tree. */
  largest: number;
  /** Features on the path of each tree that asks most. */
  mostFeatures: Int32Array;
};

/** A child that no training row reached still needs a share, since it is divided by; this one weighs nothing. */
const LEAST_SHARE = 1e-9;

export function layOutShapTrees(trees: readonly Tree[], outputs: number): ShapTrees {
  const starts = new Int32Array(trees.length + 1);
  for (const [t, tree] of trees.entries()) starts[t + 1] = starts[t]! + tree.feature.length;
  const entries = starts[trees.length]!;
  const laidOut: ShapTrees = {
    starts,
    output: Int32Array.from(trees, (tree) => tree.output),
    parent: new Int32Array(entries),
    former: new Int32Array(entries),
    feature: new Int32Array(entries).fill(-1),
    threshold: new Float64Array(entries),
    codes: new Array(entries).fill(null),
    missingLeft: new Uint8Array(entries),
    isLeft: new Uint8Array(entries),
    share: new Float64Array(entries).fill(1),
    score: new Float64Array(entries),
    expected: new Float64Array(outputs),
    largest: trees.reduce((most, tree) => Math.max(most, tree.feature.length), 1),
    mostFeatures: new Int32Array(trees.length),
  };
  for (const [t, tree] of trees.entries()) laidOut.mostFeatures[t] = layOutTree(laidOut, tree, starts[t]!);
  return laidOut;
}

/** A node still to be written: who leads to it, on which side, and the share of the tree's rows that reach it. */
type Place = { node: number; parent: number; isLeft: boolean; own: number; reached: number };

/** Returns how many features the path that asks most asks. */
function layOutTree(to: ShapTrees, tree: Tree, start: number): number {
  let most = 0;
  const open: Place[] = [{ node: 0, parent: -1, isLeft: false, own: 1, reached: 1 }];
  for (let offset = 0; open.length > 0; offset++) {
    const place = open.pop()!;
    if (place.parent >= 0) writeEdge(to, place, start, offset);
    if (tree.feature[place.node]! < 0) {
      writeLeaf(to, tree, place, start, offset);
      most = Math.max(most, featuresOfPath(to, start, offset));
    } else open.push(...writeSplit(to, tree, place, start, offset));
  }
  return most;
}

function writeLeaf(to: ShapTrees, tree: Tree, { node, reached }: Place, start: number, offset: number): void {
  const score = tree.value[node]!;
  to.score[start + offset] = score;
  to.expected[tree.output]! += reached * score;
}

/** Returns its children, the left one last so that it is written next. */
function writeSplit(to: ShapTrees, tree: Tree, place: Place, start: number, offset: number): [Place, Place] {
  const { node } = place;
  const at = start + offset;
  to.feature[at] = tree.feature[node]!;
  to.threshold[at] = tree.threshold[node]!;
  to.missingLeft[at] = tree.missingLeft[node]!;
  to.codes[at] = codeTable(tree.categories[node] ?? null);
  const left = tree.left[node]!;
  const right = tree.right[node]!;
  const covered = tree.cover[left]! + tree.cover[right]!;
  const child = (to: number, isLeft: boolean): Place => {
    const own = Math.max(LEAST_SHARE, covered > 0 ? tree.cover[to]! / covered : 0.5);
    return { node: to, parent: offset, isLeft, own, reached: place.reached * own };
  };
  return [child(right, false), child(left, true)];
}

function codeTable(categories: readonly number[] | null): Uint8Array | null {
  if (categories === null) return null;
  const codes = new Uint8Array(categories.reduce((most, code) => Math.max(most, code + 1), 0));
  for (const code of categories) codes[code] = 1;
  return codes;
}

function writeEdge(to: ShapTrees, place: Place, start: number, offset: number): void {
  const at = start + offset;
  const former = formerEdge(to, start, place.parent, to.feature[start + place.parent]!);
  to.parent[at] = place.parent;
  to.isLeft[at] = place.isLeft ? 1 : 0;
  to.former[at] = former;
  to.share[at] = place.own * to.share[start + former]!;
}

/** The nearest edge that asked `feature`, from `edge` itself up; 0 when none did. */
function formerEdge(to: ShapTrees, start: number, edge: number, feature: number): number {
  for (let at = edge; at > 0; at = to.parent[start + at]!) {
    if (to.feature[start + to.parent[start + at]!] === feature) return at;
  }
  return 0;
}

function featuresOfPath(to: ShapTrees, start: number, leaf: number): number {
  let count = 0;
  for (let edge = leaf; edge > 0; edge = to.parent[start + edge]!) {
    if (to.former[start + edge] === 0) count++;
  }
  return count;
}
