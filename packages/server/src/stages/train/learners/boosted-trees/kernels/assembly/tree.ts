import { accumulate, clear, subtract, unbundle } from './histograms';
import {
  COUNT_BITS,
  EXTRA_TREES,
  FEATURE,
  FEATURE_IS_MEMBER,
  FOUND,
  FOUND_BIN,
  FOUND_FEATURE,
  FOUND_IS_CATEGORY,
  FOUND_L2,
  FOUND_MISSING_LEFT,
  GROWN,
  GROWN_BEGIN,
  GROWN_COVER,
  GROWN_DEPTH,
  GROWN_END,
  GROWN_HISTOGRAM,
  GROWN_LEFT,
  GROWN_RIDERS_BEGIN,
  GROWN_RIDERS_END,
  GROWN_VALUE,
  L1,
  L2,
  MIN_HESSIAN,
  MIN_ROWS,
  NODE,
  NODE_GAIN,
  NODE_GRADIENT,
  NODE_HESSIAN,
  NODE_LOWER,
  NODE_OUTPUT,
  NODE_ROWS,
  NODE_UPPER,
  WORKSPACE_BLOCKS,
  WORKSPACE_BYTES,
  WORKSPACE_CELLS,
  WORKSPACE_COLUMN_COUNT,
  WORKSPACE_COLUMNS,
  WORKSPACE_DRAWS_FEATURES,
  WORKSPACE_FEATURES,
  WORKSPACE_FOUND,
  WORKSPACE_FREE,
  WORKSPACE_GOES_LEFT,
  WORKSPACE_GROWN,
  WORKSPACE_HAS_CATEGORIES,
  WORKSPACE_HISTOGRAMS,
  WORKSPACE_LEARNING_RATE,
  WORKSPACE_LEAVES,
  WORKSPACE_LIST,
  WORKSPACE_MOST_DEPTH,
  WORKSPACE_NODES,
  WORKSPACE_OPEN,
  WORKSPACE_ORDER,
  WORKSPACE_PLAN,
  WORKSPACE_QUANTA,
  WORKSPACE_RIDER_COUNT,
  WORKSPACE_RIDERS,
  WORKSPACE_RIGHT,
  WORKSPACE_ROW_COUNT,
  WORKSPACE_ROWS,
  WORKSPACE_SETTINGS,
  WORKSPACE_WEIGHTS,
} from './layout';
import { copy, part } from './rows';
import { divideSums, searchCuts } from './splits';

// What the kernels ask JavaScript for: the compiler takes functions that are only declared from the module named like this file.

/** The seed of a node's random cuts. */
declare function drawSeed(): u32;

/** The list of the features that a node may use, of the first or second of two nodes. */
declare function drawFeatures(which: i32): usize;

/**
 * Writes a split on a category over the cut that was found for a node, the first or second that is searched, where one does
 * better.
 */
declare function searchCategories(node: i32, histogram: usize, which: i32): void;

/** Marks the bins that go left by a split on a category, or on a feature that shares its column. */
declare function markBins(node: i32): void;

/** Histograms that are free, a stack of their places. */
let free: usize = 0;

/**
 * Grows a whole tree best-first, by one thread, as `grow-tree.ts` does with several: of all leaves the one whose split
 * lowers the loss most is split next, and only the smaller child's histogram is built. The sums of node 0 are there
 * already. Returns how many nodes the tree has; the order of its splits and its open nodes are written down.
 */
export function growTree(workspace: usize): i32 {
  const leaves = load<i32>(workspace, WORKSPACE_LEAVES);
  const open = <usize>load<u32>(workspace, WORKSPACE_OPEN);
  const order = <usize>load<u32>(workspace, WORKSPACE_ORDER);
  freeAll(workspace, leaves);
  addNode(
    workspace,
    0,
    0,
    load<i32>(workspace, WORKSPACE_ROW_COUNT),
    0,
    load<i32>(workspace, WORKSPACE_RIDER_COUNT),
    0,
    l2Of(workspace),
  );
  store<i32>(open, 0);
  if (canSplit(workspace, 0)) {
    store<u32>(grownAt(workspace, 0), <u32>take(), GROWN_HISTOGRAM);
    build(workspace, 0);
    search(workspace, 0, -1);
  }
  let nodes = 1;
  let count = 1;
  while (count < leaves) {
    const next = bestOf(workspace, open, count);
    if (next < 0) break;
    const parent = load<i32>(open + ((<usize>next) << 2));
    store<i32>(order + ((<usize>(count - 1)) << 2), parent);
    divide(workspace, parent, nodes);
    store<i32>(open + ((<usize>next) << 2), nodes);
    store<i32>(open + ((<usize>count) << 2), nodes + 1);
    count++;
    if (count < leaves) prepareChildren(workspace, parent, nodes, nodes + 1);
    nodes += 2;
  }
  return nodes;
}

function nodeAt(workspace: usize, node: i32): usize {
  return <usize>load<u32>(workspace, WORKSPACE_NODES) + <usize>node * NODE;
}

function foundAt(workspace: usize, node: i32): usize {
  return <usize>load<u32>(workspace, WORKSPACE_FOUND) + <usize>node * FOUND;
}

function grownAt(workspace: usize, node: i32): usize {
  return <usize>load<u32>(workspace, WORKSPACE_GROWN) + <usize>node * GROWN;
}

function settingsOf(workspace: usize): usize {
  return <usize>load<u32>(workspace, WORKSPACE_SETTINGS);
}

function l2Of(workspace: usize): f64 {
  return load<f64>(settingsOf(workspace), L2);
}

function freeAll(workspace: usize, leaves: i32): void {
  free = <usize>load<u32>(workspace, WORKSPACE_FREE);
  const bytes = load<u32>(workspace, WORKSPACE_BYTES);
  let place = load<u32>(workspace, WORKSPACE_HISTOGRAMS) + <u32>leaves * bytes;
  for (let i = 0; i < leaves; i++) {
    place -= bytes;
    giveBack(<usize>place);
  }
}

/** A leaf has one histogram at most, so there is always one free. */
function take(): usize {
  free -= 4;
  return <usize>load<u32>(free);
}

function giveBack(place: usize): void {
  store<u32>(free, <u32>place);
  free += 4;
}

function release(workspace: usize, node: i32): void {
  const histogram = histogramOf(workspace, node);
  if (histogram !== 0) giveBack(histogram);
  store<u32>(grownAt(workspace, node), 0, GROWN_HISTOGRAM);
}

/** A leaf, whose sums the table has already; no split has been found for it. */
function addNode(
  workspace: usize,
  node: i32,
  begin: i32,
  end: i32,
  ridersBegin: i32,
  ridersEnd: i32,
  depth: i32,
  l2: f64,
): void {
  const at = nodeAt(workspace, node);
  const l1 = load<f64>(settingsOf(workspace), L1);
  const gradient = load<f64>(at, NODE_GRADIENT);
  const hessian = load<f64>(at, NODE_HESSIAN);
  const size = abs(gradient) - l1;
  const shrunk = l1 === 0 ? gradient : size <= 0 ? 0 : copysign(size, gradient);
  const weight = hessian + l2;
  const score = weight <= 0 ? 0 : -shrunk / weight;
  store<f64>(at, -Infinity, NODE_LOWER);
  store<f64>(at, Infinity, NODE_UPPER);
  store<f64>(at, score, NODE_OUTPUT);
  store<f64>(at, (shrunk * shrunk) / (hessian + l2Of(workspace)), NODE_GAIN);
  store<i32>(foundAt(workspace, node), -1, FOUND_FEATURE);
  const grown = grownAt(workspace, node);
  store<i32>(grown, begin, GROWN_BEGIN);
  store<i32>(grown, end, GROWN_END);
  store<i32>(grown, ridersBegin, GROWN_RIDERS_BEGIN);
  store<i32>(grown, ridersEnd, GROWN_RIDERS_END);
  store<i32>(grown, depth, GROWN_DEPTH);
  store<u32>(grown, 0, GROWN_HISTOGRAM);
  store<i32>(grown, -1, GROWN_LEFT);
  store<f64>(grown, load<f64>(workspace, WORKSPACE_LEARNING_RATE) * score, GROWN_VALUE);
  store<f64>(grown, coverOf(workspace, begin, end), GROWN_COVER);
}

/** How many rows, or the sum of their weights. */
function coverOf(workspace: usize, begin: i32, end: i32): f64 {
  const weights = <usize>load<u32>(workspace, WORKSPACE_WEIGHTS);
  if (weights === 0) return <f64>(end - begin);
  const rows = <usize>load<u32>(workspace, WORKSPACE_ROWS);
  let cover: f64 = 0;
  for (let at = rows + ((<usize>begin) << 2); at < rows + ((<usize>end) << 2); at += 4) {
    cover += load<f64>(weights + ((<usize>load<u32>(at)) << 3));
  }
  return cover;
}

function canSplit(workspace: usize, node: i32): bool {
  const settings = settingsOf(workspace);
  const most = load<i32>(workspace, WORKSPACE_MOST_DEPTH);
  if (most > 0 && load<i32>(grownAt(workspace, node), GROWN_DEPTH) >= most) return false;
  const at = nodeAt(workspace, node);
  return (
    load<f64>(at, NODE_ROWS) >= 2 * load<f64>(settings, MIN_ROWS) &&
    load<f64>(at, NODE_HESSIAN) >= 2 * load<f64>(settings, MIN_HESSIAN)
  );
}

/** The first of the open nodes whose split gains most, as its place in the list; -1 when none gains anything. */
function bestOf(workspace: usize, open: usize, count: i32): i32 {
  let best = -1;
  let most: f64 = 0;
  for (let i = 0; i < count; i++) {
    const found = foundAt(workspace, load<i32>(open + ((<usize>i) << 2)));
    if (load<i32>(found, FOUND_FEATURE) < 0) continue;
    const gain = load<f64>(found);
    if (gain > most) {
      most = gain;
      best = i;
    }
  }
  return best;
}

/** Adds up the histogram of a node, the bins of features that share a column included. */
function build(workspace: usize, node: i32): void {
  const grown = grownAt(workspace, node);
  const histogram = histogramOf(workspace, node);
  clear(histogram, <usize>load<u32>(workspace, WORKSPACE_BYTES));
  accumulate(
    histogram,
    <usize>load<u32>(workspace, WORKSPACE_COLUMNS),
    <usize>load<u32>(workspace, WORKSPACE_COLUMN_COUNT),
    <usize>load<u32>(workspace, WORKSPACE_ROWS),
    <usize>load<u32>(grown, GROWN_BEGIN),
    <usize>load<u32>(grown, GROWN_END),
    <usize>load<u32>(workspace, WORKSPACE_QUANTA),
    load<i32>(settingsOf(workspace), COUNT_BITS),
    <usize>load<u32>(workspace, WORKSPACE_BLOCKS),
  );
  const plan = <usize>load<u32>(workspace, WORKSPACE_PLAN);
  const last = plan + ((<usize>load<u32>(plan, 12)) << 2);
  for (let at = plan + ((<usize>load<u32>(plan, 8)) << 2); at < last; at += 20) {
    unbundle(
      nodeAt(workspace, node),
      histogram + <usize>load<u32>(at),
      <usize>load<u32>(at, 4),
      histogram + <usize>load<u32>(at, 8),
      <usize>load<u32>(at, 12),
      <usize>load<u32>(at, 16),
    );
  }
}

/** Makes `larger`, which has its parent's histogram, what is left of it without `smaller`. */
function subtractFrom(workspace: usize, larger: i32, smaller: i32): void {
  const plan = <usize>load<u32>(workspace, WORKSPACE_PLAN);
  const from = histogramOf(workspace, larger);
  const other = histogramOf(workspace, smaller);
  const last = plan + ((<usize>load<u32>(plan, 4)) << 2);
  for (let run = plan + ((<usize>load<u32>(plan)) << 2); run < last; run += 8) {
    const start = <usize>load<u32>(run);
    subtract(from + start, other + start, <usize>load<u32>(run, 4));
  }
}

/** Searches one node or two; -1 is no node. Random numbers are drawn in the order in which several threads' lead draws them. */
function search(workspace: usize, first: i32, second: i32): void {
  const byNode = load<i32>(workspace, WORKSPACE_DRAWS_FEATURES) !== 0;
  const all = <usize>load<u32>(workspace, WORKSPACE_LIST);
  const firstList = byNode && first >= 0 ? drawFeatures(0) : all;
  const secondList = byNode && second >= 0 ? drawFeatures(1) : all;
  const extra = load<i32>(settingsOf(workspace), EXTRA_TREES) !== 0;
  const firstSeed = extra && first >= 0 ? drawSeed() : 0;
  const secondSeed = extra && second >= 0 ? drawSeed() : 0;
  if (first >= 0) searchNumbers(workspace, first, firstList, firstSeed);
  if (second >= 0) searchNumbers(workspace, second, secondList, secondSeed);
  if (load<i32>(workspace, WORKSPACE_HAS_CATEGORIES) === 0) return;
  if (first >= 0) searchCategories(first, histogramOf(workspace, first), 0);
  if (second >= 0) searchCategories(second, histogramOf(workspace, second), 1);
}

function histogramOf(workspace: usize, node: i32): usize {
  return <usize>load<u32>(grownAt(workspace, node), GROWN_HISTOGRAM);
}

function searchNumbers(workspace: usize, node: i32, list: usize, seed: u32): void {
  const plan = <usize>load<u32>(workspace, WORKSPACE_PLAN);
  const found = foundAt(workspace, node);
  searchCuts(
    list,
    load<usize>(plan, 16),
    load<usize>(plan, 20),
    <usize>load<u32>(workspace, WORKSPACE_FEATURES),
    histogramOf(workspace, node),
    nodeAt(workspace, node),
    settingsOf(workspace),
    seed,
    found,
  );
  store<i32>(found, 0, FOUND_IS_CATEGORY);
  store<f64>(found, l2Of(workspace), FOUND_L2);
}

/** Parts the rows and riders of a node, and adds its two children, `left` and the node after it. */
function divide(workspace: usize, parent: i32, left: i32): void {
  const found = foundAt(workspace, parent);
  const grown = grownAt(workspace, parent);
  const feature = <usize>load<u32>(found, FOUND_FEATURE);
  const entry = <usize>load<u32>(workspace, WORKSPACE_FEATURES) + feature * FEATURE;
  if (load<i32>(found, FOUND_IS_CATEGORY) !== 0 || load<u8>(entry, FEATURE_IS_MEMBER) !== 0) markBins(parent);
  else markCut(workspace, found, entry);
  const cells = <usize>load<u32>(<usize>load<u32>(workspace, WORKSPACE_CELLS) + (feature << 2));
  const begin = load<i32>(grown, GROWN_BEGIN);
  const end = load<i32>(grown, GROWN_END);
  const ridersBegin = load<i32>(grown, GROWN_RIDERS_BEGIN);
  const ridersEnd = load<i32>(grown, GROWN_RIDERS_END);
  const middle = partStretch(workspace, <usize>load<u32>(workspace, WORKSPACE_ROWS), begin, end, cells);
  const ridersMiddle = partStretch(
    workspace,
    <usize>load<u32>(workspace, WORKSPACE_RIDERS),
    ridersBegin,
    ridersEnd,
    cells,
  );
  const right = left + 1;
  divideSums(
    nodeAt(workspace, parent),
    found,
    nodeAt(workspace, left),
    nodeAt(workspace, right),
    settingsOf(workspace),
  );
  const depth = load<i32>(grown, GROWN_DEPTH) + 1;
  const l2 = load<f64>(found, FOUND_L2);
  addNode(workspace, left, begin, middle, ridersBegin, ridersMiddle, depth, l2);
  addNode(workspace, right, middle, end, ridersMiddle, ridersEnd, depth, l2);
  store<i32>(grown, left, GROWN_LEFT);
}

/** Marks the bins that go left by a cut. */
function markCut(workspace: usize, found: usize, entry: usize): void {
  const goesLeft = <usize>load<u32>(workspace, WORKSPACE_GOES_LEFT);
  memory.fill(goesLeft, 0, 256);
  memory.fill(goesLeft, 1, <usize>load<u32>(found, FOUND_BIN) + 1);
  // The bin of missing values is behind those of values; there is none where values have all 256.
  const missing = <usize>load<u32>(entry, 4);
  if (missing < 256) store<u8>(goesLeft + missing, <u8>load<i32>(found, FOUND_MISSING_LEFT));
}

/** Parts a stretch of rows; where its right side begins. */
function partStretch(workspace: usize, rows: usize, begin: i32, end: i32, cells: usize): i32 {
  if (begin === end) return begin;
  const first = rows + ((<usize>begin) << 2);
  const right = <usize>load<u32>(workspace, WORKSPACE_RIGHT);
  const goesLeft = <usize>load<u32>(workspace, WORKSPACE_GOES_LEFT);
  const left = part(rows, <usize>begin, <usize>end, cells, goesLeft, first, right);
  copy(first + (left << 2), right, (<usize>(end - begin) - left) << 2);
  return begin + <i32>left;
}

/** Gives both children their histograms and best splits, as far as they may be split at all. */
function prepareChildren(workspace: usize, parent: i32, left: i32, right: i32): void {
  const isLeftSmaller = sizeOf(workspace, left) < sizeOf(workspace, right);
  const smaller = isLeftSmaller ? left : right;
  const larger = isLeftSmaller ? right : left;
  const wantsSmaller = canSplit(workspace, smaller);
  const wantsLarger = canSplit(workspace, larger);
  if (!wantsSmaller && !wantsLarger) {
    release(workspace, parent);
    return;
  }
  const grown = grownAt(workspace, parent);
  store<u32>(grownAt(workspace, larger), load<u32>(grown, GROWN_HISTOGRAM), GROWN_HISTOGRAM);
  store<u32>(grown, 0, GROWN_HISTOGRAM);
  store<u32>(grownAt(workspace, smaller), <u32>take(), GROWN_HISTOGRAM);
  build(workspace, smaller);
  subtractFrom(workspace, larger, smaller);
  search(workspace, wantsSmaller ? smaller : -1, wantsLarger ? larger : -1);
  if (load<i32>(foundAt(workspace, smaller), FOUND_FEATURE) < 0) release(workspace, smaller);
  if (load<i32>(foundAt(workspace, larger), FOUND_FEATURE) < 0) release(workspace, larger);
}

function sizeOf(workspace: usize, node: i32): i32 {
  const grown = grownAt(workspace, node);
  return load<i32>(grown, GROWN_END) - load<i32>(grown, GROWN_BEGIN);
}
