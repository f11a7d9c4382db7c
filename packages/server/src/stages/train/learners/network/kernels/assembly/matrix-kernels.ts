/**
 * The hot loops of neural networks over float32 matrices, in AssemblyScript (a subset of TypeScript that compiles to
 * WebAssembly): `tsc` does not read this folder, `npm run generate` compiles it. Matrices are row-major; every pointer is a
 * byte offset into the memory that the host imports here. Sums are made in the same order every time, so results are the
 * same to the bit.
 */

/**
 * c = a · b, with `bias` added to every row: a is [m, k], b is [k, n], n a multiple of 4. Blocks of four rows and eight
 * columns are summed in registers.
 */
export function multiply(a: usize, b: usize, c: usize, bias: usize, m: usize, k: usize, n: usize): void {
  const stride = n << 2;
  const depth = k << 2;
  let i: usize = 0;
  for (; i + 4 <= m; i += 4) {
    const a0 = a + i * depth;
    const a1 = a0 + depth;
    const a2 = a1 + depth;
    const a3 = a2 + depth;
    let j: usize = 0;
    for (; j + 8 <= n; j += 8) {
      const at = j << 2;
      let c00 = v128.load(bias + at);
      let c01 = v128.load(bias + at, 16);
      let c10 = c00;
      let c11 = c01;
      let c20 = c00;
      let c21 = c01;
      let c30 = c00;
      let c31 = c01;
      let from = b + at;
      for (let p: usize = 0; p < depth; p += 4) {
        const b0 = v128.load(from);
        const b1 = v128.load(from, 16);
        const x0 = v128.load32_splat(a0 + p);
        const x1 = v128.load32_splat(a1 + p);
        const x2 = v128.load32_splat(a2 + p);
        const x3 = v128.load32_splat(a3 + p);
        c00 = f32x4.add(c00, f32x4.mul(x0, b0));
        c01 = f32x4.add(c01, f32x4.mul(x0, b1));
        c10 = f32x4.add(c10, f32x4.mul(x1, b0));
        c11 = f32x4.add(c11, f32x4.mul(x1, b1));
        c20 = f32x4.add(c20, f32x4.mul(x2, b0));
        c21 = f32x4.add(c21, f32x4.mul(x2, b1));
        c30 = f32x4.add(c30, f32x4.mul(x3, b0));
        c31 = f32x4.add(c31, f32x4.mul(x3, b1));
        from += stride;
      }
      let to = c + i * stride + at;
      v128.store(to, c00);
      v128.store(to, c01, 16);
      to += stride;
      v128.store(to, c10);
      v128.store(to, c11, 16);
      to += stride;
      v128.store(to, c20);
      v128.store(to, c21, 16);
      to += stride;
      v128.store(to, c30);
      v128.store(to, c31, 16);
    }
    for (; j < n; j += 4) {
      const at = j << 2;
      const to = c + i * stride + at;
      quad(a0, b + at, to, bias + at, depth, stride);
      quad(a1, b + at, to + stride, bias + at, depth, stride);
      quad(a2, b + at, to + 2 * stride, bias + at, depth, stride);
      quad(a3, b + at, to + 3 * stride, bias + at, depth, stride);
    }
  }
  for (; i < m; i++) row(a + i * depth, b, c + i * stride, bias, depth, stride);
}

/** One row, sixteen columns at a time, whose additions do not wait for one another. */
function row(a: usize, b: usize, c: usize, bias: usize, depth: usize, stride: usize): void {
  let at: usize = 0;
  for (; at + 64 <= stride; at += 64) {
    let c0 = v128.load(bias + at);
    let c1 = v128.load(bias + at, 16);
    let c2 = v128.load(bias + at, 32);
    let c3 = v128.load(bias + at, 48);
    let from = b + at;
    for (let p: usize = 0; p < depth; p += 4) {
      const x = v128.load32_splat(a + p);
      c0 = f32x4.add(c0, f32x4.mul(x, v128.load(from)));
      c1 = f32x4.add(c1, f32x4.mul(x, v128.load(from, 16)));
      c2 = f32x4.add(c2, f32x4.mul(x, v128.load(from, 32)));
      c3 = f32x4.add(c3, f32x4.mul(x, v128.load(from, 48)));
      from += stride;
    }
    v128.store(c + at, c0);
    v128.store(c + at, c1, 16);
    v128.store(c + at, c2, 32);
    v128.store(c + at, c3, 48);
  }
  for (; at < stride; at += 16) quad(a, b + at, c + at, bias + at, depth, stride);
}

/** Four columns of one row. */
function quad(a: usize, b: usize, c: usize, bias: usize, depth: usize, stride: usize): void {
  let sum = v128.load(bias);
  for (let p: usize = 0; p < depth; p += 4) {
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a + p), v128.load(b)));
    b += stride;
  }
  v128.store(c, sum);
}

/** t = a turned: a is [rows, columns], t is [columns, rows]. */
export function transpose(a: usize, t: usize, rows: usize, columns: usize): void {
  const stride = rows << 2;
  for (let r: usize = 0; r < rows; r++) {
    let to = t + (r << 2);
    const last = a + (columns << 2);
    for (; a < last; a += 4, to += stride) store<f32>(to, load<f32>(a));
  }
}

/** sums[j] = the sum of column j of a, which is [rows, columns]; columns a multiple of 4. */
export function sumColumns(a: usize, sums: usize, rows: usize, columns: usize): void {
  const stride = columns << 2;
  memory.fill(sums, 0, stride);
  for (let r: usize = 0; r < rows; r++, a += stride) {
    for (let at: usize = 0; at < stride; at += 16) {
      v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(a + at)));
    }
  }
}

/**
 * One step of Adam with decoupled decay (Kingma and Ba 2015; Loshchilov and Hutter 2019) on `count` weights, a multiple
 * of 4: `rate` is corrected for the bias of both moments, `decay` is the share that weights lose, and `average` moves
 * towards them by `follow`.
 */
export function adam(
  weights: usize,
  gradients: usize,
  first: usize,
  second: usize,
  average: usize,
  count: usize,
  beta1: f32,
  beta2: f32,
  rate: f32,
  epsilon: f32,
  decay: f32,
  follow: f32,
): void {
  const keep1 = f32x4.splat(beta1);
  const take1 = f32x4.splat(1 - beta1);
  const keep2 = f32x4.splat(beta2);
  const take2 = f32x4.splat(1 - beta2);
  const rates = f32x4.splat(rate);
  const epsilons = f32x4.splat(epsilon);
  const kept = f32x4.splat(1 - decay);
  const follows = f32x4.splat(follow);
  const last = count << 2;
  for (let at: usize = 0; at < last; at += 16) {
    const g = v128.load(gradients + at);
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first + at)), f32x4.mul(take1, g));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second + at)), f32x4.mul(take2, f32x4.mul(g, g)));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const step = f32x4.div(f32x4.mul(rates, m), f32x4.add(f32x4.sqrt(v), epsilons));
    const w = f32x4.sub(f32x4.mul(kept, v128.load(weights + at)), step);
    v128.store(weights + at, w);
    const mean = v128.load(average + at);
    v128.store(average + at, f32x4.add(mean, f32x4.mul(follows, f32x4.sub(w, mean))));
  }
}
