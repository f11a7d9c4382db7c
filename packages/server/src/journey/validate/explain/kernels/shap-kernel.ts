import type { Quadrature } from '../gauss-legendre.ts';
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

const TREE_BYTES = 16;
const ENTRY_BYTES = 40;
/** Three vectors a pair of points. */
const RULE_BYTES = 48;
const VECTOR_BYTES = 16;
const PAGE_BYTES = 65_536;
/** As the module was compiled with. */
const MOST_PAGES = 65_536;

let compiled: object | undefined;

export function openShapKernel(trees: ShapTrees, rule: Quadrature, features: number): ShapKernel {
  compiled ??= new WebAssembly.Module(Buffer.from(SHAP_KERNEL_MODULE, 'base64'));
  const pairs = Math.ceil(rule.points.length / 2);
  const outputs = trees.expected.length;
  const { at, pages } = layOut({
    row: 4 * features,
    contributions: 8 * features * outputs,
    rule: RULE_BYTES * pairs,
    goesLeft: trees.largest,
    holds: 8 * trees.largest,
    reciprocals: VECTOR_BYTES * pairs * trees.largest,
    products: VECTOR_BYTES * pairs * trees.largest,
    sums: VECTOR_BYTES * pairs * trees.largest,
    trees: TREE_BYTES * trees.output.length,
    entries: ENTRY_BYTES * trees.parent.length,
    codes: codeBytes(trees),
  });
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES, shared: true });
  const { buffer } = memory;
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  writeRule(rule, new Float64Array(buffer, at.rule, 6 * pairs));
  writeTrees(trees, new Int32Array(buffer, at.trees, 4 * trees.output.length));
  writeEntries(trees, new DataView(buffer), at.entries, at.codes);
  const pointers = [at.trees, trees.output.length, at.entries, at.row, at.rule, pairs, at.goesLeft, at.holds];
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
  const at = {} as Record<Part, number>;
  for (const part of Object.keys(bytes) as Part[]) {
    at[part] = used;
    used += roundUp(bytes[part], VECTOR_BYTES);
  }
  return { at, pages: Math.max(1, Math.ceil(used / PAGE_BYTES)) };
}

function roundUp(bytes: number, to: number): number {
  return Math.ceil(bytes / to) * to;
}

/** By pairs of points: 1 - t, t, weight. A point that is left over in the last pair weighs nothing. */
function writeRule({ points, weights }: Quadrature, to: Float64Array): void {
  for (let at = 0; at < to.length / 3; at++) {
    const base = 6 * (at >> 1) + (at & 1);
    to[base] = 1 - (points[at] ?? 0.5);
    to[base + 2] = points[at] ?? 0.5;
    to[base + 4] = weights[at] ?? 0;
  }
}

function writeTrees(trees: ShapTrees, to: Int32Array): void {
  for (const [t, output] of trees.output.entries()) {
    to[4 * t] = trees.starts[t]!;
    to[4 * t + 1] = trees.starts[t + 1]! - trees.starts[t]!;
    to[4 * t + 2] = output;
  }
}

function writeEntries(trees: ShapTrees, to: DataView, entries: number, codes: number): void {
  let nextTable = codes;
  for (const [t] of trees.output.entries()) {
    const start = trees.starts[t]!;
    for (let at = start; at < trees.starts[t + 1]!; at++) {
      const record = entries + ENTRY_BYTES * at;
      to.setInt32(record, trees.parent[at]!, true);
      to.setInt32(record + 4, trees.former[at]!, true);
      to.setInt32(record + 8, Math.max(0, trees.feature[start + trees.parent[at]!]!), true);
      to.setInt32(record + 12, trees.isLeft[at]!, true);
      to.setFloat64(record + 16, trees.share[at]!, true);
      to.setFloat64(record + 24, trees.feature[at]! < 0 ? trees.score[at]! : trees.threshold[at]!, true);
      to.setInt32(record + 32, trees.feature[at]!, true);
      const table = trees.codes[at] ?? null;
      to.setUint32(record + 36, trees.missingLeft[at]! + (table === null ? 0 : nextTable), true);
      if (table !== null) nextTable = writeCodes(table, to, nextTable);
    }
  }
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
