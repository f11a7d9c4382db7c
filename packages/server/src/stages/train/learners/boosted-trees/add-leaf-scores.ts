import { type Grower, share } from './grower.ts';
import type { GrownTree } from './grown-tree.ts';

/** Rows from which adding to their margins is worth sharing out among threads. */
const MANY_ROWS = 16_384;

/** Adds the scores of a tree's leaves to the margins of their rows and riders. */
export function addLeafScores(
  grower: Grower,
  grown: GrownTree,
  margins: Float64Array,
  outputs: number,
): void {
  const { leafList } = grower;
  const { tree, leaves } = grown;
  leaves.forEach(({ node, begin, end }, i) => {
    leafList[3 * i] = begin;
    leafList[3 * i + 1] = end;
    leafList[3 * i + 2] = tree.value[node]!;
  });
  addTo(grower, grown, margins, outputs, grown.rows);
  if (grown.riders.length === 0) return;
  leaves.forEach(({ ridersBegin, ridersEnd }, i) => {
    leafList[3 * i] = ridersBegin;
    leafList[3 * i + 1] = ridersEnd;
  });
  addTo(grower, grown, margins, outputs, grown.riders);
}

/** Adds the scores of the listed leaves to the margins of the rows in their stretches of `order`. */
function addTo(
  grower: Grower,
  { tree, leaves }: GrownTree,
  margins: Float64Array,
  outputs: number,
  order: Int32Array,
): void {
  const { leafList, jobs } = grower;
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
