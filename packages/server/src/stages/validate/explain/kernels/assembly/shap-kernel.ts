/**
 * Exact Shapley values of trees for one row, in AssemblyScript: `tsc` does not read this folder, `npm run generate` compiles
 * it. `tree-shap.ts` says what is computed. Every pointer is a byte offset into the memory that the host imports here.
 */

/** Bytes of a tree: first record, splits, leaves, output, pairs of points, where its rule is; int32 each. */
const TREE: usize = 24;

/**
 * Bytes of a record; of a tree first those of its splits, parents before children, then those of its leaves, so that neither loop
 * below has to ask which it is. Of the edge that leads there: parent, former, feature, side (int32 each), share (float64). Of the
 * node: threshold of a split or score of a leaf (float64), feature and codes of a split (int32 each). An edge without a former
 * one names the root, whose share and factor are 1.
 */
const RECORD: usize = 40;

/** Bytes of a pair of points in a rule: 1 - t, t and the weight, two float64 each. */
const POINTS: usize = 48;

/**
 * Adds the values of every tree to `contributions[output * features + feature]`.
 *
 * `goesLeft` (a byte a split), `holds` (a float64), `reciprocals`, `products` and `sums` (`2 * pairs` float64) are scratch, as
 * long as the tree that needs most.
 */
export function explain(
  trees: usize,
  treeCount: u32,
  records: usize,
  row: usize,
  goesLeft: usize,
  holds: usize,
  reciprocals: usize,
  products: usize,
  sums: usize,
  contributions: usize,
  features: usize,
): void {
  const end = trees + <usize>treeCount * TREE;
  for (let tree = trees; tree < end; tree += TREE) {
    const splits = records + <usize>load<u32>(tree) * RECORD;
    const leaves = splits + <usize>load<u32>(tree, 4) * RECORD;
    const behind = leaves + <usize>load<u32>(tree, 8) * RECORD;
    if (splits === leaves) continue;
    const values = contributions + ((<usize>load<u32>(tree, 12) * features) << 3);
    const stride = (<usize>load<u32>(tree, 16)) << 4;
    const rule = <usize>load<u32>(tree, 20);
    descend(splits, leaves, row, rule, stride, goesLeft, holds, reciprocals, products, sums);
    gather(splits, leaves, behind, rule, stride, goesLeft, holds, reciprocals, products, sums, values);
    ascend(splits, leaves, rule, stride, holds, reciprocals, sums, values);
  }
}

/** Products of the factors down to each split. */
function descend(
  splits: usize,
  leaves: usize,
  row: usize,
  rule: usize,
  stride: usize,
  goesLeft: usize,
  holds: usize,
  reciprocals: usize,
  products: usize,
  sums: usize,
): void {
  const one = f64x2.splat(1);
  const zero = f64x2.splat(0);
  for (let at: usize = 0; at < stride; at += 16) {
    v128.store(reciprocals + at, one);
    v128.store(products + at, one);
    v128.store(sums + at, zero);
  }
  store<f64>(holds, 1);
  store<u8>(goesLeft, follows(splits, row));
  let split: usize = 1;
  let here = stride;
  for (let record = splits + RECORD; record < leaves; record += RECORD) {
    store<u8>(goesLeft + split, follows(record, row));
    const held = holdsAt(record, goesLeft, holds);
    store<f64>(holds + (split << 3), held);
    const held2 = f64x2.splat(held);
    const share = f64x2.splat(load<f64>(record, 16));
    const above = products + <usize>load<u32>(record) * stride;
    const before = reciprocals + <usize>load<u32>(record, 4) * stride;
    let point = rule;
    for (let at: usize = 0; at < stride; at += 16) {
      const factor = f64x2.add(f64x2.mul(share, v128.load(point)), f64x2.mul(held2, v128.load(point, 16)));
      const others = f64x2.mul(v128.load(above + at), v128.load(before + at));
      v128.store(reciprocals + here, f64x2.div(one, factor));
      v128.store(products + here, f64x2.mul(others, factor));
      v128.store(sums + here, zero);
      here += 16;
      point += POINTS;
    }
    split++;
  }
}

/** What the edges to the leaves add to their features, and the leaves to the sums of their parents. */
function gather(
  splits: usize,
  leaves: usize,
  behind: usize,
  rule: usize,
  stride: usize,
  goesLeft: usize,
  holds: usize,
  reciprocals: usize,
  products: usize,
  sums: usize,
  values: usize,
): void {
  for (let record = leaves; record < behind; record += RECORD) {
    const held = holdsAt(record, goesLeft, holds);
    const held2 = f64x2.splat(held);
    const share = f64x2.splat(load<f64>(record, 16));
    const score = f64x2.splat(load<f64>(record, 24));
    const parent = <usize>load<u32>(record) * stride;
    const above = products + parent;
    const total = sums + parent;
    const before = reciprocals + <usize>load<u32>(record, 4) * stride;
    let slope = f64x2.splat(0);
    let formerSlope = f64x2.splat(0);
    let point = rule;
    for (let at: usize = 0; at < stride; at += 16) {
      const factor = f64x2.add(f64x2.mul(share, v128.load(point)), f64x2.mul(held2, v128.load(point, 16)));
      const reciprocal = v128.load(before + at);
      const others = f64x2.mul(f64x2.mul(v128.load(above + at), reciprocal), score);
      const sum = f64x2.mul(factor, others);
      v128.store(total + at, f64x2.add(v128.load(total + at), sum));
      const weight = v128.load(point, 32);
      slope = f64x2.add(slope, f64x2.mul(weight, others));
      formerSlope = f64x2.add(formerSlope, f64x2.mul(weight, f64x2.mul(sum, reciprocal)));
      point += POINTS;
    }
    addValue(splits, record, held, holds, slope, formerSlope, values);
  }
}

/** Whether the row satisfies all that the path to here asks of the feature of the edge: 1 or 0. */
function holdsAt(record: usize, goesLeft: usize, holds: usize): f64 {
  const isHere = load<u8>(goesLeft + <usize>load<u32>(record)) === load<u8>(record, 12);
  // Without a branch, which would be guessed wrong every other time.
  const mask = 0 - <u64>isHere;
  return reinterpret<f64>(load<u64>(holds + ((<usize>load<u32>(record, 4)) << 3)) & mask);
}

/** Whether the row goes left at the split of this entry. */
function follows(record: usize, row: usize): u8 {
  const x = load<f32>(row + ((<usize>load<u32>(record, 32)) << 2));
  const codes = <usize>load<u32>(record, 36);
  if (F32.isNaN(x)) return <u8>(codes & 1);
  if (codes < 2) return <u8>(<f64>x <= load<f64>(record, 24));
  const table = codes & ~1;
  const code = <u32>x;
  return code < load<u32>(table) ? load<u8>(table + 4 + <usize>code) : 0;
}

/** Sums from the splits up, and what the edge to each adds to its feature. */
function ascend(
  splits: usize,
  leaves: usize,
  rule: usize,
  stride: usize,
  holds: usize,
  reciprocals: usize,
  sums: usize,
  values: usize,
): void {
  let split = (leaves - splits) / RECORD - 1;
  for (let record = leaves - RECORD; record > splits; record -= RECORD) {
    const here = split * stride;
    const own = sums + here;
    const above = sums + <usize>load<u32>(record) * stride;
    const reciprocal = reciprocals + here;
    const before = reciprocals + <usize>load<u32>(record, 4) * stride;
    let slope = f64x2.splat(0);
    let formerSlope = f64x2.splat(0);
    let point = rule;
    for (let at: usize = 0; at < stride; at += 16) {
      const sum = v128.load(own + at);
      v128.store(above + at, f64x2.add(v128.load(above + at), sum));
      const weighed = f64x2.mul(sum, v128.load(point, 32));
      slope = f64x2.add(slope, f64x2.mul(weighed, v128.load(reciprocal + at)));
      formerSlope = f64x2.add(formerSlope, f64x2.mul(weighed, v128.load(before + at)));
      point += POINTS;
    }
    addValue(splits, record, load<f64>(holds + (split << 3)), holds, slope, formerSlope, values);
    split--;
  }
}

/** What an edge adds to its feature; where the path asked the feature before, less what it was taken for there. */
function addValue(
  splits: usize,
  record: usize,
  held: f64,
  holds: usize,
  slope: v128,
  formerSlope: v128,
  values: usize,
): void {
  const former = <usize>load<u32>(record, 4);
  const own = held - load<f64>(record, 16);
  const formers = load<f64>(holds + (former << 3)) - load<f64>(splits + former * RECORD, 16);
  const both = f64x2.sub(f64x2.mul(f64x2.splat(own), slope), f64x2.mul(f64x2.splat(formers), formerSlope));
  const value = values + ((<usize>load<u32>(record, 8)) << 3);
  store<f64>(value, load<f64>(value) + (f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1)));
}
