import type { GrownTree, Leaf } from './grow-tree.ts';
import { type Grower, share } from './grower.ts';

/** Rows from which adding to their margins is worth sharing out among threads. */
const MANY_ROWS = 16_384;

/** Adds the scores of a tree's leaves to the margins of their rows and riders. */
export function addLeafScores(
  grower: Grower,
  grown: GrownTree,
  margins: Float64Array,
  outputs: number,
): void {
  addTo(grower, grown, margins, outputs, grown.rows, ({ begin, end }) => [begin, end]);
  addTo(grower, grown, margins, outputs, grown.riders, (leaf) => [leaf.ridersBegin, leaf.ridersEnd]);
}

function addTo(
  grower: Grower,
  { tree, leaves }: GrownTree,
  margins: Float64Array,
  outputs: number,
  order: Int32Array,
  spanOf: (leaf: Leaf) => [number, number],
): void {
  const { leafList, jobs } = grower;
  leaves.forEach((leaf, i) => {
    leafList.set([...spanOf(leaf), tree.value[leaf.node]!], 3 * i);
  });
  const job = {
    margins: margins.byteOffset,
    outputs,
    output: tree.output,
    rows: order.byteOffset,
    leaves: leafList.byteOffset,
    count: leaves.length,
  };
  share(grower, jobs.addScores, job, order.length >= MANY_ROWS);
}
