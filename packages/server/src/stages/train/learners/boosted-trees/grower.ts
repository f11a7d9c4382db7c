import type { Random } from '../../../../kernel/index.ts';
import type { BinnedMatrix } from './binned-feature.ts';
import { type HistogramLayout, histogramLayout } from './histogram-layout.ts';
import { type HistogramPool, histogramPool } from './histogram-pool.ts';
import { RESULT_BYTES, type TreeJobs, treeJobs } from './jobs.ts';
import { BLOCK_BYTES, FEATURE_BYTES, SETTINGS, SETTINGS_NUMBERS } from './kernels/kernel-layout.ts';
import { type Arena, openArena } from './kernels/kernel-memory.ts';
import { attachTreeKernels, type TreeKernels } from './kernels/tree-kernels.ts';
import { isBounded } from './leaf-score.ts';
import { type FoundCuts, foundCuts, type NodeTable, nodeTable } from './node-table.ts';
import type { TreeParams } from './params.ts';
import {
  helpTeam,
  type Job,
  leadTeam,
  MOST_THREADS,
  type TeamMemory,
  type ThreadTeam,
} from './thread-team.ts';
import { type Planner, treePlanner } from './tree-plan.ts';
import { type TreeWorkspace, treeWorkspace } from './tree-workspace.ts';

/** First and second derivatives, one for each row of the data. */
export type Derivatives = { gradient: Float32Array; hessian: Float32Array };

/** What all trees of a fit share. Its arrays lie in its arena, so a fit has a grower of its own. */
export type Grower = {
  arena: Arena;
  kernels: TreeKernels;
  jobs: TreeJobs;
  team: ThreadTeam;
  binned: BinnedMatrix;
  params: TreeParams;
  weights: Float64Array | undefined;
  random: Random;
  layout: HistogramLayout;
  pool: HistogramPool;
  plan: Planner;
  nodes: NodeTable;
  /** Whether more than the penalties decides the scores of leaves. */
  bounded: boolean;
  /** Whether any feature is a category. */
  hasCategories: boolean;
  /** Of each output, for all rows of the data. */
  derivatives: Derivatives[];
  rows: Int32Array;
  riders: Int32Array;
  /** Rows on their way to the sides of a split. */
  sides: { left: Int32Array; right: Int32Array };
  goesLeft: Uint8Array;
  settings: { numbers: Float64Array; whole: Int32Array };
  /** Places: derivatives of the tree's rows as whole numbers, the table of features, room for each thread's work and finds. */
  quanta: number;
  features: number;
  blocks: number;
  results: number;
  /** The room for finds as numbers. */
  cuts: FoundCuts;
  spare(parts: number): number;
  /** The bins of one feature as numbers. */
  unpacked: Float64Array;
  /** Lists of the features that a node may use, for two nodes at a time. */
  nodeLists: [Int32Array, Int32Array];
  leafList: Float64Array;
  /** Room for growing whole trees in the kernels, made when it is first asked for. */
  workspace(): TreeWorkspace;
  /** Sends helpers away and gives memory back. Trees stay good, their rows and riders do not. */
  close(): void;
};

export type GrowerOptions = {
  params: TreeParams;
  weights: Float64Array | undefined;
  outputs: number;
  /** Rows and riders of a tree at most. */
  capacity: { rows: number; riders: number };
  random: Random;
  /** Where other threads meet this one to help. */
  teamMemory?: TeamMemory | undefined;
};

export function makeGrower(binned: BinnedMatrix, options: GrowerOptions): Grower {
  const { params, weights, outputs, capacity, random } = options;
  const arena = openArena(binned.memory);
  const jobs = treeJobs(binned.memory);
  const team = leadTeam(listOf(jobs), options.teamMemory);
  const layout = histogramLayout(binned);
  const numbers = arena.float64(SETTINGS_NUMBERS);
  const settings = {
    numbers,
    whole: new Int32Array(numbers.buffer, numbers.byteOffset, 2 * SETTINGS_NUMBERS),
  };
  const bounded = isBounded(
    params,
    params.monotoneConstraints.some((sense) => sense !== 0),
  );
  writeSettings(settings, params, bounded);
  const cuts = foundCuts(arena, MOST_THREADS * RESULT_BYTES);
  const most = Math.max(capacity.rows, capacity.riders);
  let spare = { parts: 1, at: 0 };
  let workspace: TreeWorkspace | undefined;
  const grower: Omit<Grower, 'workspace'> = {
    arena,
    kernels: attachTreeKernels(arena.memory),
    jobs,
    team,
    binned,
    params,
    weights,
    random,
    layout,
    pool: histogramPool(arena, layout.bytes),
    plan: treePlanner(arena, binned, layout),
    nodes: nodeTable(arena, 2 * params.leaves + 1),
    bounded,
    hasCategories: binned.features.some(({ kind }) => kind === 'category'),
    derivatives: Array.from({ length: outputs }, () => ({
      gradient: arena.float32(binned.rows),
      hessian: arena.float32(binned.rows),
    })),
    rows: arena.int32(capacity.rows),
    riders: arena.int32(capacity.riders),
    sides: { left: arena.int32(most + 1), right: arena.int32(most + 1) },
    goesLeft: arena.bytes(256),
    settings,
    quanta: arena.place(8 * binned.rows),
    features: featureTable(arena, binned, layout, params),
    blocks: arena.place(MOST_THREADS * BLOCK_BYTES),
    results: cuts.at,
    cuts,
    spare(parts) {
      if (parts > spare.parts) spare = { parts, at: arena.place((parts - 1) * layout.bytes) };
      return spare.at;
    },
    unpacked: arena.float64(3 * 256),
    nodeLists: [arena.int32(binned.features.length), arena.int32(binned.features.length)],
    leafList: arena.float64(3 * (params.leaves + 1)),
    close() {
      team.dismiss();
      arena.close();
    },
  };
  return {
    ...grower,
    workspace() {
      workspace ??= treeWorkspace(grower);
      return workspace;
    },
  };
}

/** Helps with whatever a grower over the same matrix is used for, until it is closed; blocks. */
export function helpGrower({ memory }: BinnedMatrix, teamMemory: TeamMemory): void {
  helpTeam(listOf(treeJobs(memory)), teamMemory);
}

function listOf(jobs: TreeJobs): Job[] {
  return Object.values(jobs) as unknown as Job[];
}

/** Has the crew do a job, or the lead alone when it is not worth sharing; in how many parts it was done. */
export function share<Name extends string>(
  { team }: Grower,
  job: Job<Name>,
  args: Readonly<Record<Name, number>>,
  isWorthIt: boolean,
): number {
  if (isWorthIt) team.run(job, args);
  else job.run(args, 0, 1);
  return isWorthIt ? team.parts : 1;
}

function writeSettings({ numbers, whole }: Grower['settings'], params: TreeParams, bounded: boolean): void {
  numbers[SETTINGS.l1] = params.l1;
  numbers[SETTINGS.l2] = params.l2;
  numbers[SETTINGS.minGain] = params.minGain;
  numbers[SETTINGS.minRows] = params.minRowsInLeaf;
  numbers[SETTINGS.minHessian] = params.minHessianInLeaf;
  numbers[SETTINGS.maxDelta] = params.maxDelta;
  numbers[SETTINGS.smoothing] = params.pathSmoothing;
  whole[SETTINGS.extraTrees] = params.extraTrees ? 1 : 0;
  whole[SETTINGS.bounded] = bounded ? 1 : 0;
}

function featureTable(
  arena: Arena,
  { features }: BinnedMatrix,
  layout: HistogramLayout,
  { monotoneConstraints }: TreeParams,
): number {
  const at = arena.place(features.length * FEATURE_BYTES);
  features.forEach((feature, f) => {
    const entry = new DataView(arena.memory.buffer, at + f * FEATURE_BYTES, FEATURE_BYTES);
    entry.setUint32(0, layout.features[f]!, true);
    entry.setUint32(4, feature.valueBins, true);
    entry.setUint32(8, feature.kind === 'number' ? feature.thresholds.length : 0, true);
    entry.setUint8(12, feature.hasMissing ? 1 : 0);
    entry.setInt8(13, monotoneConstraints[f] ?? 0);
    entry.setUint8(14, feature.kind === 'number' ? 0 : 1);
    entry.setUint8(15, feature.member ? 1 : 0);
  });
  return at;
}
