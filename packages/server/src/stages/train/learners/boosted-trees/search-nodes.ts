import { type Finds, findSplit } from './find-split.ts';
import { type Grower, share } from './grower.ts';
import { RESULT_BYTES, SECOND_FOUND } from './jobs.ts';
import { SETTINGS } from './kernels/kernel-layout.ts';
import { sampleFeatures } from './sample.ts';
import type { Split } from './split.ts';
import type { TreePlan } from './tree-plan.ts';

/** Cells of a node from which its histogram is worth sharing out among threads. */
const MANY_CELLS = 131_072;
/** Bytes of a histogram from which finishing and searching it is. */
const MANY_BYTES = 131_072;

/** A node with its place for a histogram; `of.split` takes what is found when it is `wanted`. */
export type Searched = {
  of: { node: number; begin: number; end: number; split: Split | null };
  histogram: number;
  wanted: boolean;
};

type Ground = { rows: Int32Array; plan: TreePlan };

/** Builds the histogram of a node and searches it. */
export function searchNode(grower: Grower, ground: Ground, node: Searched): void {
  settle(grower, ground, node, null, accumulate(grower, ground, node));
}

/** Builds the histogram of `smaller`, makes that of its sibling out of their parent's, which lies in its place, and searches both. */
export function searchBoth(grower: Grower, ground: Ground, smaller: Searched, larger: Searched): void {
  settle(grower, ground, smaller, larger, accumulate(grower, ground, smaller));
}

/** Adds up the histogram of a node, in as many parts as are returned. */
function accumulate(grower: Grower, { rows, plan }: Ground, { of, histogram }: Searched): number {
  const job = {
    columns: plan.columns,
    count: plan.columnCount,
    histogram,
    spare: grower.spare(grower.team.parts),
    bytes: grower.layout.bytes,
    rows: rows.byteOffset,
    begin: of.begin,
    end: of.end,
    quanta: grower.quanta,
    countBits: grower.settings.whole[SETTINGS.countBits]!,
    blocks: grower.blocks,
  };
  const cells = (of.end - of.begin) * plan.columnCount;
  return share(grower, grower.jobs.accumulate, job, cells >= MANY_CELLS);
}

function settle(
  grower: Grower,
  { plan }: Ground,
  built: Searched,
  rest: Searched | null,
  merged: number,
): void {
  const { team, jobs, layout, nodes, results } = grower;
  const first = built.wanted ? built : null;
  const second = rest?.wanted ? rest : null;
  const firstList = first ? featuresOfNode(grower, plan, 0) : plan.list;
  const secondList = second ? featuresOfNode(grower, plan, 1) : plan.list;
  const job = {
    plan: plan.at,
    version: plan.version,
    built: built.histogram,
    rest: rest?.histogram ?? 0,
    spare: grower.spare(team.parts),
    bytes: layout.bytes,
    merged,
    sums: nodes.at(built.of.node),
    builtNode: first ? nodes.at(first.of.node) : 0,
    restNode: second ? nodes.at(second.of.node) : 0,
    builtSeed: first ? seedOfNode(grower) : 0,
    restSeed: second ? seedOfNode(grower) : 0,
    builtList: firstList.byteOffset,
    restList: secondList.byteOffset,
    features: grower.features,
    settings: grower.settings.numbers.byteOffset,
    results,
  };
  if (layout.bytes >= MANY_BYTES) team.run(jobs.settle, job);
  else for (let part = 0; part < team.parts; part++) jobs.settle.run(job, part, team.parts);
  if (first) first.of.split = splitFor(grower, first, firstList, results);
  if (second) second.of.split = splitFor(grower, second, secondList, results + SECOND_FOUND);
}

function splitFor(grower: Grower, { of, histogram }: Searched, list: Int32Array, at: number): Split | null {
  const finds: Finds = { at, step: RESULT_BYTES, parts: grower.team.parts };
  return findSplit(grower, of.node, histogram, list, finds);
}

function seedOfNode({ params, random }: Grower): number {
  return params.extraTrees ? Math.floor(random() * 2 ** 32) : 0;
}

/** The features that the first or second node of a search may use; those left out are -1, so that parts stay where they are. */
export function featuresOfNode(
  { params, random, nodeLists }: Grower,
  { list }: TreePlan,
  which: number,
): Int32Array {
  if (params.featureFractionByNode >= 1) return list;
  const drawn = new Set(sampleFeatures(list.slice().sort(), params.featureFractionByNode, random));
  const own = nodeLists[which]!.subarray(0, list.length);
  list.forEach((f, i) => {
    own[i] = drawn.has(f) ? f : -1;
  });
  return own;
}
