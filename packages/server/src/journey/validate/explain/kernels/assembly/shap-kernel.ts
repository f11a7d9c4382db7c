/**
 * Exact Shapley values of trees for one row, in AssemblyScript: `tsc` does not read this folder, `npm run generate` compiles
 * it. `tree-shap.ts` says what is computed. Every pointer is a byte offset into the memory that the host imports here.
 */

/** Bytes of a tree: first entry, number of entries, output, unused; int32 each. */
const TREE: usize = 16;

/**
 * Bytes of an entry. Of the edge: parent, former, feature, side (int32 each), share (float64). Of the node: threshold of a
 * split or score of a leaf (float64), feature or -1 at a leaf, codes (int32 each).
 */
const ENTRY: usize = 40;

/**
 * Adds the values of every tree to `contributions[output * features + feature]`.
 *
 * `rule` has, for each pair of points, 1 - t, t and the weight, two float64 each. `goesLeft` (a byte an entry), `holds` (a
 * float64), `reciprocals`, `products` and `sums` (`2 * pairs` float64) are scratch, as long as the largest tree. An edge
 * without a former one names the root, whose share and factor are 1.
 */
export function explain(
  trees: usize,
  treeCount: u32,
  entries: usize,
  row: usize,
  rule: usize,
  pairs: usize,
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
    const records = entries + <usize>load<u32>(tree) * ENTRY;
    const count = <usize>load<u32>(tree, 4);
    descend(records, count, row, rule, pairs, goesLeft, holds, reciprocals, products, sums);
    const values = contributions + ((<usize>load<u32>(tree, 8) * features) << 3);
    ascend(records, count, rule, pairs, holds, reciprocals, sums, values);
  }
}

/** Products of the factors down to each entry; sums start with the scores of the leaves. */
function descend(
  records: usize,
  count: usize,
  row: usize,
  rule: usize,
  pairs: usize,
  goesLeft: usize,
  holds: usize,
  reciprocals: usize,
  products: usize,
  sums: usize,
): void {
  const one = f64x2.splat(1);
  const stride = pairs << 4;
  for (let at: usize = 0; at < stride; at += 16) {
    v128.store(reciprocals + at, one);
    v128.store(products + at, one);
    v128.store(sums + at, f64x2.splat(0));
  }
  store<f64>(holds, 1);
  if (load<i32>(records, 32) >= 0) store<u8>(goesLeft, follows(records, row));
  for (let entry: usize = 1; entry < count; entry++) {
    const record = records + entry * ENTRY;
    const parent = <usize>load<u32>(record);
    const former = <usize>load<u32>(record, 4);
    const isHere = load<u8>(goesLeft + parent) === load<u8>(record, 12);
    const held = isHere ? load<f64>(holds + (former << 3)) : 0;
    store<f64>(holds + (entry << 3), held);
    const share = f64x2.splat(load<f64>(record, 16));
    const held2 = f64x2.splat(held);
    const isLeaf = load<i32>(record, 32) < 0;
    if (!isLeaf) store<u8>(goesLeft + entry, follows(record, row));
    const score = f64x2.splat(isLeaf ? load<f64>(record, 24) : 0);
    let here = entry * stride;
    let above = products + parent * stride;
    let before = reciprocals + former * stride;
    for (let point = rule; point < rule + pairs * 48; point += 48) {
      const factor = f64x2.add(f64x2.mul(share, v128.load(point)), f64x2.mul(held2, v128.load(point, 16)));
      const product = f64x2.mul(v128.load(above), f64x2.mul(factor, v128.load(before)));
      v128.store(reciprocals + here, f64x2.div(one, factor));
      v128.store(products + here, product);
      v128.store(sums + here, f64x2.mul(product, score));
      here += 16;
      above += 16;
      before += 16;
    }
  }
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

/** Sums from the leaves up, and what each edge adds to its feature. */
function ascend(
  records: usize,
  count: usize,
  rule: usize,
  pairs: usize,
  holds: usize,
  reciprocals: usize,
  sums: usize,
  values: usize,
): void {
  const stride = pairs << 4;
  for (let entry = count - 1; entry > 0; entry--) {
    const record = records + entry * ENTRY;
    const parent = <usize>load<u32>(record);
    const former = <usize>load<u32>(record, 4);
    let slope = f64x2.splat(0);
    let formerSlope = f64x2.splat(0);
    let here = entry * stride;
    let above = sums + parent * stride;
    let before = former * stride;
    for (let point = rule; point < rule + pairs * 48; point += 48) {
      const sum = v128.load(sums + here);
      v128.store(above, f64x2.add(v128.load(above), sum));
      const weighed = f64x2.mul(sum, v128.load(point, 32));
      slope = f64x2.add(slope, f64x2.mul(weighed, v128.load(reciprocals + here)));
      formerSlope = f64x2.add(formerSlope, f64x2.mul(weighed, v128.load(reciprocals + before)));
      here += 16;
      above += 16;
      before += 16;
    }
    const own = load<f64>(holds + (entry << 3)) - load<f64>(record, 16);
    const formers = load<f64>(holds + (former << 3)) - load<f64>(records + former * ENTRY, 16);
    const value = values + ((<usize>load<u32>(record, 8)) << 3);
    store<f64>(value, load<f64>(value) + own * total(slope) - formers * total(formerSlope));
  }
}

function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}
