import type { KernelMemory } from './kernel-memory.ts';
import { TREE_KERNELS_MODULE } from './tree-kernels-module.ts';

/**
 * The hot loops of boosted trees, in WebAssembly. Every pointer is a byte offset into the memory they are attached to.
 * Nothing is checked, as in any inner loop; `assembly/` says what each does, `reference-kernels.ts` in plain words, and
 * `kernel-layout.ts` how things lie in memory.
 */
export type TreeKernels = {
  /** Grows a whole tree from what lies at `workspace`; `host` does what is not in the kernels. The number of its nodes. */
  growTree(workspace: number, host: TreeHost): number;
  assignBins(
    values: number,
    count: number,
    thresholds: number,
    missing: number,
    cells: number,
    step: number,
  ): void;
  logistic(
    rows: number,
    begin: number,
    end: number,
    margins: number,
    targets: number,
    weights: number,
    gradient: number,
    hessian: number,
  ): void;
  largest(rows: number, begin: number, end: number, gradient: number, hessian: number, into: number): void;
  quantise(
    rows: number,
    begin: number,
    end: number,
    gradient: number,
    hessian: number,
    perGradient: number,
    perHessian: number,
    countBits: number,
    quanta: number,
    into: number,
  ): void;
  accumulate(
    histogram: number,
    columns: number,
    count: number,
    rows: number,
    begin: number,
    end: number,
    quanta: number,
    countBits: number,
    block: number,
  ): void;
  clear(at: number, bytes: number): void;
  merge(into: number, other: number, bytes: number): void;
  subtract(larger: number, smaller: number, bytes: number): void;
  unbundle(node: number, bundle: number, first: number, part: number, bins: number, usual: number): void;
  searchCuts(
    list: number,
    from: number,
    to: number,
    features: number,
    histogram: number,
    node: number,
    settings: number,
    seed: number,
    found: number,
  ): void;
  unpackBins(part: number, bins: number, settings: number, into: number): void;
  sumLeft(part: number, bins: number, goesLeft: number, found: number): void;
  describeNode(node: number, settings: number): void;
  divideSums(node: number, found: number, left: number, right: number, settings: number): void;
  part(
    rows: number,
    begin: number,
    end: number,
    cells: number,
    goesLeft: number,
    left: number,
    right: number,
  ): number;
  copy(to: number, from: number, bytes: number): void;
  addScore(
    margins: number,
    outputs: number,
    output: number,
    rows: number,
    begin: number,
    end: number,
    score: number,
  ): void;
};

/** What the growth of a tree asks JavaScript for. */
export type TreeHost = {
  /** The seed of a node's random cuts. */
  drawSeed(): number;
  /** Where the features that a node may use are listed, of the first or second of two nodes that are searched. */
  drawFeatures(which: number): number;
  /** Writes a split on a category over the cut that was found for a node, the first or second, where one does better. */
  searchCategories(node: number, histogram: number, which: number): void;
  /** Marks the bins that go left by the split of a node, on a category or on a feature that shares its column. */
  markBins(node: number): void;
};

let compiled: object | undefined;
const ATTACHED = new WeakMap<KernelMemory, TreeKernels>();

/** The kernels over a memory, one instance for each thread and memory. */
export function attachTreeKernels(memory: KernelMemory): TreeKernels {
  const attached = ATTACHED.get(memory);
  if (attached) return attached;
  compiled ??= new WebAssembly.Module(Buffer.from(TREE_KERNELS_MODULE, 'base64'));
  let asked: TreeHost | undefined;
  const host: TreeHost = {
    drawSeed: () => asked!.drawSeed(),
    drawFeatures: (which) => asked!.drawFeatures(which),
    searchCategories: (node, histogram, which) => asked!.searchCategories(node, histogram, which),
    markBins: (node) => asked!.markBins(node),
  };
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory }, tree: host });
  const plain = exports as TreeKernels & { growTree(workspace: number): number };
  const kernels: TreeKernels = {
    ...plain,
    growTree(workspace, given) {
      asked = given;
      return plain.growTree(workspace);
    },
  };
  ATTACHED.set(memory, kernels);
  return kernels;
}

/** As much of the standard's interface as is used here; neither `lib.es` nor Node's types have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
};
