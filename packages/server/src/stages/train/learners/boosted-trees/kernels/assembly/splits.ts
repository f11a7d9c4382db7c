import {
  BIN,
  BOUNDED,
  COUNT_BITS,
  EXTRA_TREES,
  FEATURE,
  FOUND_BIN,
  FOUND_FEATURE,
  FOUND_LEFT,
  FOUND_MISSING_LEFT,
  GRADIENT_UNIT,
  HESSIAN_UNIT,
  L1,
  L2,
  MAX_DELTA,
  MIN_GAIN,
  MIN_HESSIAN,
  MIN_ROWS,
  NODE_GAIN,
  NODE_GRADIENT,
  NODE_HESSIAN,
  NODE_LOWER,
  NODE_OUTPUT,
  NODE_UPPER,
  SMOOTHING,
} from './layout';

/** The best cut so far of the search under way. */
let bestScore: f64 = 0;
let bestFeature: i32 = -1;
let bestBin: i32 = -1;
let bestMissingLeft: i32 = 0;
let bestG: i64 = 0;
let bestC: i64 = 0;

/**
 * Searches the best cut of a node over the numeric features among list[from … to), missing values tried on both sides; of
 * equal ones that of the first feature wins. Writes what it found, feature -1 for nothing. `seed` is the node's, for random
 * cuts: they do not depend on which thread looks at which feature.
 */
export function searchCuts(
  list: usize,
  from: usize,
  to: usize,
  features: usize,
  histogram: usize,
  node: usize,
  settings: usize,
  seed: u32,
  found: usize,
): void {
  const parent = load<f64>(node, NODE_GAIN);
  bestScore = parent + load<f64>(settings, MIN_GAIN);
  bestFeature = -1;
  for (let i = from; i < to; i++) {
    const f = load<i32>(list + (i << 2));
    if (f < 0) continue;
    const feature = features + <usize>f * FEATURE;
    if (load<u8>(feature, 14) !== 0) continue;
    searchFeature(f, feature, histogram, node, settings, seed);
  }
  store<f64>(found, bestScore - parent);
  store<i32>(found, bestFeature, FOUND_FEATURE);
  if (bestFeature < 0) return;
  store<i32>(found, bestBin, FOUND_BIN);
  store<i64>(found, bestG, FOUND_LEFT);
  store<i64>(found, bestC, FOUND_LEFT + 8);
  store<i32>(found, bestMissingLeft, FOUND_MISSING_LEFT);
}

function searchFeature(
  f: i32,
  feature: usize,
  histogram: usize,
  node: usize,
  settings: usize,
  seed: u32,
): void {
  const part = histogram + <usize>load<u32>(feature);
  const valueBins = load<i32>(feature, 4);
  const thresholds = load<i32>(feature, 8);
  const mask = ((<i64>1) << (<i64>load<i32>(settings, COUNT_BITS))) - 1;
  let missingG: i64 = 0;
  let missingC: i64 = 0;
  if (load<u8>(feature, 12) !== 0) {
    missingG = load<i64>(part + <usize>valueBins * BIN);
    missingC = load<i64>(part + <usize>valueBins * BIN, 8);
  }
  const hasMissing = (missingC & mask) !== 0;
  let last = hasMissing ? thresholds - 1 : min(thresholds, valueBins - 1) - 1;
  let first = 0;
  if (load<i32>(settings, EXTRA_TREES) !== 0) {
    const cut = randomCut(part, valueBins, last, mask, hasMissing, mix(seed ^ mix(<u32>f + 1)));
    if (cut < 0) return;
    first = cut;
    last = cut;
  }
  const sense = <i32>load<i8>(feature, 13);
  const bounded = load<i32>(settings, BOUNDED) !== 0;
  const former = bestScore;
  const formerFeature = bestFeature;
  // Threads look at features in an order of their own: of equal cuts that of the lowest feature has to win.
  if (bestFeature >= 0 && f < bestFeature) bestScore = reinterpret<f64>(reinterpret<i64>(bestScore) - 1);
  bestFeature = -1;
  for (let side = 0; side <= (hasMissing ? 1 : 0); side++) {
    const g = side === 0 ? 0 : missingG;
    const c = side === 0 ? 0 : missingC;
    if (bounded) scanBounded(f, part, first, last, g, c, side, node, settings, mask, sense);
    else scan(f, part, first, last, g, c, side, node, settings, mask);
  }
  if (bestFeature < 0) {
    bestScore = former;
    bestFeature = formerFeature;
  } else if (!hasMissing) {
    // A missing value met later goes with the larger side.
    bestMissingLeft = (bestC & mask) * 2 > (load<i64>(node, 8) & mask) ? 1 : 0;
  }
}

/** One of the cuts that part the values present in the node, or -1. */
function randomCut(part: usize, valueBins: i32, last: i32, mask: i64, hasMissing: bool, random: u32): i32 {
  let low = 0;
  let high = valueBins - 1;
  while (low < high && (load<i64>(part + <usize>low * BIN, 8) & mask) === 0) low++;
  while (high > low && (load<i64>(part + <usize>high * BIN, 8) & mask) === 0) high--;
  const top = min(last, hasMissing ? high : high - 1);
  if (top < low) return -1;
  return low + <i32>((<u64>random * <u64>(top - low + 1)) >> 32);
}

/** A well-mixed number out of another (the finaliser of MurmurHash3). */
function mix(x: u32): u32 {
  x ^= x >> 16;
  x *= 0x85ebca6b;
  x ^= x >> 13;
  x *= 0xc2b2ae35;
  return x ^ (x >> 16);
}

function keep(f: i32, bin: i32, side: i32, score: f64, g: i64, c: i64): void {
  bestFeature = f;
  bestBin = bin;
  bestMissingLeft = side;
  bestScore = score;
  bestG = g;
  bestC = c;
}

/** Sums of less than 51 bits become float64 numbers by being put below this one. */
const MAGIC: i64 = 0x4338000000000000;
const MAGIC_NUMBER: f64 = 6755399441055744;

/** A little less than one: what it rejects is no better than the best, however its rounding went. */
const NEARLY: f64 = 1 - 1e-12;

/** The gain of a cut with these sums on the left, or less than any when a side has too little hessian. */
function gainOfCut(g: i64, c: i64, node: usize, settings: usize): f64 {
  const l1 = load<f64>(settings, L1);
  const l2 = load<f64>(settings, L2);
  const minHessian = load<f64>(settings, MIN_HESSIAN);
  const hessian = <f64>(c >> <i64>load<i32>(settings, COUNT_BITS)) * load<f64>(settings, HESSIAN_UNIT);
  const hessianRight = load<f64>(node, NODE_HESSIAN) - hessian;
  if (hessian < minHessian || hessianRight < minHessian) return -1;
  const gradient = <f64>g * load<f64>(settings, GRADIENT_UNIT);
  const gradientRight = load<f64>(node, NODE_GRADIENT) - gradient;
  const shrunk = max(abs(gradient) - l1, 0);
  const shrunkRight = max(abs(gradientRight) - l1, 0);
  return (shrunk * shrunk) / (hessian + l2) + (shrunkRight * shrunkRight) / (hessianRight + l2);
}

/**
 * Walks the cuts from left to right, with `g` and `c` on the left from the start. Two cuts at a time are held against the
 * best without a division; only those that may be better are looked at one by one. Empty bins are not passed over: which
 * are is hard to foresee, and what they give is no better than before.
 */
function scan(
  f: i32,
  part: usize,
  first: i32,
  last: i32,
  g: i64,
  c: i64,
  side: i32,
  node: usize,
  settings: usize,
  mask: i64,
): void {
  const bits = load<i32>(settings, COUNT_BITS);
  const minRows = <i64>load<f64>(settings, MIN_ROWS);
  const mostRows = (load<i64>(node, 8) & mask) - minRows;
  const gradientUnit = f64x2.splat(load<f64>(settings, GRADIENT_UNIT));
  const hessianUnit = f64x2.splat(load<f64>(settings, HESSIAN_UNIT));
  const l1 = f64x2.splat(load<f64>(settings, L1));
  const l2 = f64x2.splat(load<f64>(settings, L2));
  const nodeG = f64x2.splat(load<f64>(node, NODE_GRADIENT));
  const nodeH = f64x2.splat(load<f64>(node, NODE_HESSIAN));
  const magic = i64x2.splat(MAGIC);
  const unmagic = f64x2.splat(MAGIC_NUMBER);
  const zero = f64x2.splat(0);
  let bin = 0;
  let sums = i64x2(g, c);
  // Up to the first cut that leaves enough rows on the left.
  for (; bin <= last; bin++) {
    const next = i64x2.add(sums, v128.load(part + <usize>bin * BIN));
    if (bin >= first && (i64x2.extract_lane(next, 1) & mask) >= minRows) break;
    sums = next;
  }
  for (; bin < last; bin += 2) {
    const at = part + <usize>bin * BIN;
    const one = i64x2.add(sums, v128.load(at));
    const two = i64x2.add(one, v128.load(at, 16));
    if ((i64x2.extract_lane(two, 1) & mask) > mostRows) break;
    const wholeG = v128.shuffle<i64>(one, two, 0, 2);
    const wholeH = i64x2.shr_u(v128.shuffle<i64>(one, two, 1, 3), bits);
    const leftG = f64x2.mul(f64x2.sub(i64x2.add(wholeG, magic), unmagic), gradientUnit);
    const leftH = f64x2.mul(f64x2.sub(i64x2.add(wholeH, magic), unmagic), hessianUnit);
    const shrunkLeft = f64x2.max(f64x2.sub(f64x2.abs(leftG), l1), zero);
    const shrunkRight = f64x2.max(f64x2.sub(f64x2.abs(f64x2.sub(nodeG, leftG)), l1), zero);
    const weightLeft = f64x2.add(leftH, l2);
    const weightRight = f64x2.add(f64x2.sub(nodeH, leftH), l2);
    // a²/u + b²/v > best, multiplied by u v.
    const gains = f64x2.add(
      f64x2.mul(f64x2.mul(shrunkLeft, shrunkLeft), weightRight),
      f64x2.mul(f64x2.mul(shrunkRight, shrunkRight), weightLeft),
    );
    const bar = f64x2.mul(f64x2.mul(weightLeft, weightRight), f64x2.splat(bestScore * NEARLY));
    if (v128.any_true(f64x2.gt(gains, bar))) {
      consider(f, bin, side, one, node, settings);
      consider(f, bin + 1, side, two, node, settings);
    }
    sums = two;
  }
  for (; bin <= last; bin++) {
    sums = i64x2.add(sums, v128.load(part + <usize>bin * BIN));
    if ((i64x2.extract_lane(sums, 1) & mask) > mostRows) return;
    consider(f, bin, side, sums, node, settings);
  }
}

function consider(f: i32, bin: i32, side: i32, sums: v128, node: usize, settings: usize): void {
  const g = i64x2.extract_lane(sums, 0);
  const c = i64x2.extract_lane(sums, 1);
  const score = gainOfCut(g, c, node, settings);
  if (score > bestScore) keep(f, bin, side, score, g, c);
}

/** The score of a leaf within everything that bounds it. */
function output(gradient: f64, hessian: f64, rows: f64, node: usize, settings: usize): f64 {
  const l1 = load<f64>(settings, L1);
  const maxDelta = load<f64>(settings, MAX_DELTA);
  const smoothing = load<f64>(settings, SMOOTHING);
  const weight = hessian + load<f64>(settings, L2);
  let score = weight <= 0 ? 0 : -copysign(max(abs(gradient) - l1, 0), gradient) / weight;
  if (maxDelta > 0) score = max(-maxDelta, min(maxDelta, score));
  if (smoothing > 0) score = (score * rows + load<f64>(node, NODE_OUTPUT) * smoothing) / (rows + smoothing);
  return max(load<f64>(node, NODE_LOWER), min(load<f64>(node, NODE_UPPER), score));
}

/** How much a leaf with that score lowers twice the second-order loss. */
function gainOf(gradient: f64, hessian: f64, score: f64, l1: f64, l2: f64): f64 {
  const shrunk = copysign(max(abs(gradient) - l1, 0), gradient);
  return -(2 * shrunk * score + (hessian + l2) * score * score);
}

/** As `scan`, for scores that are bounded; cuts whose sides break the order asked for (`sense`) are passed over. */
function scanBounded(
  f: i32,
  part: usize,
  first: i32,
  last: i32,
  g: i64,
  c: i64,
  side: i32,
  node: usize,
  settings: usize,
  mask: i64,
  sense: i32,
): void {
  const bits = <i64>load<i32>(settings, COUNT_BITS);
  const unitG = load<f64>(settings, GRADIENT_UNIT);
  const unitH = load<f64>(settings, HESSIAN_UNIT);
  const l1 = load<f64>(settings, L1);
  const l2 = load<f64>(settings, L2);
  const minRows = <i64>load<f64>(settings, MIN_ROWS);
  const minHessian = load<f64>(settings, MIN_HESSIAN);
  const nodeG = load<i64>(node);
  const nodeC = load<i64>(node, 8);
  for (let bin = 0; bin <= last; bin++) {
    const at = part + <usize>bin * BIN;
    const inBin = load<i64>(at, 8);
    if (inBin === 0 && bin > first) continue;
    g += load<i64>(at);
    c += inBin;
    if (bin < first || (c & mask) < minRows) continue;
    const right = nodeC - c;
    if ((right & mask) < minRows) break;
    const hessian = <f64>(c >> bits) * unitH;
    const hessianRight = <f64>(right >> bits) * unitH;
    if (hessian < minHessian) continue;
    if (hessianRight < minHessian) break;
    const gradient = <f64>g * unitG;
    const gradientRight = <f64>(nodeG - g) * unitG;
    const left = output(gradient, hessian, <f64>(c & mask), node, settings);
    const rightScore = output(gradientRight, hessianRight, <f64>(right & mask), node, settings);
    if (<f64>sense * (rightScore - left) < 0) continue;
    const score =
      gainOf(gradient, hessian, left, l1, l2) + gainOf(gradientRight, hessianRight, rightScore, l1, l2);
    if (score > bestScore) keep(f, bin, side, score, g, c);
  }
}

/** Writes the gradient, hessian and rows (float64) that a node's or bin's sums stand for, to `into`. */
function unpack(sums: usize, settings: usize, into: usize): void {
  const bits = <i64>load<i32>(settings, COUNT_BITS);
  const c = load<i64>(sums, 8);
  store<f64>(into, <f64>load<i64>(sums) * load<f64>(settings, GRADIENT_UNIT));
  store<f64>(into, <f64>(c >> bits) * load<f64>(settings, HESSIAN_UNIT), 8);
  store<f64>(into, <f64>(c & (((<i64>1) << bits) - 1)), 16);
}

/** The bins of a feature as float64 triples: gradient, hessian, rows. */
export function unpackBins(part: usize, bins: usize, settings: usize, into: usize): void {
  for (let bin: usize = 0; bin < bins; bin++) unpack(part + bin * BIN, settings, into + bin * 24);
}

/** Sums the bins that go left into a found split. */
export function sumLeft(part: usize, bins: usize, goesLeft: usize, found: usize): void {
  let sums = i64x2(0, 0);
  for (let bin: usize = 0; bin < bins; bin++) {
    if (load<u8>(goesLeft + bin) !== 0) sums = i64x2.add(sums, v128.load(part + bin * BIN));
  }
  v128.store(found + FOUND_LEFT, sums);
}

/** Fills in what a node's sums stand for. */
export function describeNode(node: usize, settings: usize): void {
  unpack(node, settings, node + NODE_GRADIENT);
}

/** The sums of both children of a node, out of the split that was found for it. */
export function divideSums(node: usize, found: usize, left: usize, right: usize, settings: usize): void {
  const sums = v128.load(found + FOUND_LEFT);
  v128.store(left, sums);
  v128.store(right, i64x2.sub(v128.load(node), sums));
  describeNode(left, settings);
  describeNode(right, settings);
}
