import { gaussLegendre } from '../gauss-legendre.ts';
import type { ShapTrees } from '../shap-trees.ts';
import { SHAP_KERNEL_MODULE } from './shap-kernel-module.ts';

/** The trees in a WebAssembly memory of their own, ready to be explained one row after the other. */
export type ShapKernel = {
  /** The features of the row: to be filled before each call. */
  row: Float32Array;
  /** What {@link ShapKernel.explain} adds to: `[output * features + feature]`. */
  contributions: Float64Array;
  explain(): void;
};

type Exports = { explain(...pointersAndCounts: number[]): void };

const TREE_BYTES = 24;
const RECORD_BYTES = 40;
/** Three vectors a pair of points. */
const RULE_BYTES = 48;
const VECTOR_BYTES = 16;
const PAGE_BYTES = 65_536;
/** As the module was compiled with. */
const MOST_PAGES = 65_536;

let compiled: object | undefined;

export function openShapKernel(trees: ShapTrees, features: number): ShapKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(SHAP_KERNEL_MODULE, 'base64'));
  const pairs = pairsFor(trees.mostFeatures.reduce((a, b) => Math.max(a, b), 0));
  const outputs = trees.expected.length;
  const { at, pages } = layOut({
    row: 4 * features,
    contributions: 8 * features * outputs,
    rules: RULE_BYTES * pairsBefore(pairs + 1),
    goesLeft: trees.largest,
    holds: 8 * trees.largest,
    reciprocals: VECTOR_BYTES * pairs * trees.largest,
    products: VECTOR_BYTES * pairs * trees.largest,
    sums: VECTOR_BYTES * pairs * trees.largest,
    trees: TREE_BYTES * trees.output.length,
    records: RECORD_BYTES * trees.parent.length,
    codes: codeBytes(trees),
  });
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES, shared: true });
  const { buffer } = memory;
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  for (let each = 1; each <= pairs; each++) writeRule(each, new Float64Array(buffer, ruleAt(at.rules, each)));
  writeTrees(trees, new Int32Array(buffer, at.trees), at.rules);
  writeRecords(trees, new DataView(buffer), at.records, at.codes);
  const pointers = [at.trees, trees.output.length, at.records, at.row, at.goesLeft, at.holds];
  pointers.push(at.reciprocals, at.products, at.sums, at.contributions, features);
  return {
    row: new Float32Array(buffer, at.row, features),
    contributions: new Float64Array(buffer, at.contributions, features * outputs),
    explain: () => (exports as Exports).explain(...pointers),
  };
}

/** Lays parts of these bytes one after the other, each from a multiple of a vector on. */
function layOut<Part extends string>(bytes: Record<Part, number>) {
  let used = 0;
  const places = Object.entries<number>(bytes).map(([part, size]) => {
    const place = used;
    used += roundUp(size, VECTOR_BYTES);
    return [part, place];
  });
  const at = Object.fromEntries(places) as Record<Part, number>;
  return { at, pages: Math.max(1, Math.ceil(used / PAGE_BYTES)) };
}

function roundUp(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to;
}

/** Pairs of points for a path of so many features: a rule is exact for products of twice as many factors as it has points. */
function pairsFor(features: number): number {
  return Math.max(1, Math.ceil(features / 4));
}

/** Pairs of all rules before that of so many pairs, which lie one after the other. */
function pairsBefore(pairs: number): number {
  return (pairs * (pairs - 1)) / 2;
}

function ruleAt(rules: number, pairs: number): number {
  return rules + RULE_BYTES * pairsBefore(pairs);
}

/** By pairs of points: 1 - t, t, weight. */
function writeRule(pairs: number, to: Float64Array): void {
  const { points, weights } = gaussLegendre(2 * pairs);
  for (const [at, point] of points.entries()) {
    const base = 6 * (at >> 1) + (at & 1);
    to[base] = 1 - point;
    to[base + 2] = point;
    to[base + 4] = weights[at]!;
  }
}

function writeTrees(trees: ShapTrees, to: Int32Array, rules: number): void {
  for (const [t, output] of trees.output.entries()) {
    const pairs = pairsFor(trees.mostFeatures[t]!);
    const start = trees.starts[t]!;
    // Every split has two children.
    const splits = (trees.starts[t + 1]! - start - 1) / 2;
    to.set([start, splits, splits + 1, output, pairs, ruleAt(rules, pairs)], 6 * t);
  }
}

/** Of each tree the splits, in their order, then the leaves. Parents and former edges are splits, by their new places. */
function writeRecords(trees: ShapTrees, to: DataView, records: number, codes: number): void {
  let nextTable = codes;
  for (const [t] of trees.output.entries()) {
    const start = trees.starts[t]!;
    const places = placesOf(trees, t);
    for (const [offset, place] of places.entries()) {
      const at = start + offset;
      const record = records + RECORD_BYTES * (start + place);
      const isLeaf = trees.feature[at]! < 0;
      to.setInt32(record, places[trees.parent[at]!]!, true);
      to.setInt32(record + 4, places[trees.former[at]!]!, true);
      to.setInt32(record + 8, Math.max(0, trees.feature[start + trees.parent[at]!]!), true);
      to.setInt32(record + 12, trees.isLeft[at]!, true);
      to.setFloat64(record + 16, trees.share[at]!, true);
      to.setFloat64(record + 24, isLeaf ? trees.score[at]! : trees.threshold[at]!, true);
      to.setInt32(record + 32, trees.feature[at]!, true);
      const table = trees.codes[at] ?? null;
      to.setUint32(record + 36, trees.missingLeft[at]! + (table === null ? 0 : nextTable), true);
      if (table !== null) nextTable = writeCodes(table, to, nextTable);
    }
  }
}

/** Where the entries of a tree are among its records. */
function placesOf({ starts, feature }: ShapTrees, tree: number): Int32Array {
  const own = feature.subarray(starts[tree]!, starts[tree + 1]!);
  let split = 0;
  let leaf = (own.length - 1) / 2;
  return Int32Array.from(own, (asked) => (asked < 0 ? leaf++ : split++));
}

/** The number of codes, then a byte for each; tables start at even places, whose lowest bit is free for missing values. */
function writeCodes(table: Uint8Array, to: DataView, at: number): number {
  to.setUint32(at, table.length, true);
  for (const [code, goesLeft] of table.entries()) to.setUint8(at + 4 + code, goesLeft);
  return at + tableBytes(table);
}

function tableBytes(table: Uint8Array): number {
  return roundUp(4 + table.length, 4);
}

function codeBytes(trees: ShapTrees): number {
  return trees.codes.reduce((sum, table) => sum + (table === null ? 0 : tableBytes(table)), 0);
}

/** As much of the standard's interface as is used here; neither `lib.es` nor Node's types have it. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (options: { initial: number; maximum: number; shared: true }) => { buffer: SharedArrayBuffer };
};
