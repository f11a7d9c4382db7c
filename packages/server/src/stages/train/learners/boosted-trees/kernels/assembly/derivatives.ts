const LOG2E: f64 = Math.LOG2E;
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;

/** The exponential of two numbers, to the last few bits: 2^k times the Taylor series of what is left. */
function exponential(x: v128): v128 {
  const bounded = f64x2.max(f64x2.splat(-700), f64x2.min(f64x2.splat(700), x));
  const k = f64x2.nearest(f64x2.mul(bounded, f64x2.splat(LOG2E)));
  const r = f64x2.sub(
    f64x2.sub(bounded, f64x2.mul(k, f64x2.splat(LN2_HIGH))),
    f64x2.mul(k, f64x2.splat(LN2_LOW)),
  );
  let sum = f64x2.splat(1.0 / 39916800);
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 3628800));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 362880));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 40320));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 5040));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 720));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 120));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 24));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 6));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1));
  // The exponent of 2^k is what k is above the bias, in the bits 52 and up.
  const power = i64x2.shl(i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k)), 52);
  return i64x2.add(sum, power);
}

/**
 * First and second derivatives of the log loss by the margins of rows[begin … end): p - y and p (1 - p), times the row's
 * weight. Margins, targets and weights are float64 by row, `weights` 0 for all ones; derivatives float32.
 */
export function logistic(
  rows: usize,
  begin: usize,
  end: usize,
  margins: usize,
  targets: usize,
  weights: usize,
  gradient: usize,
  hessian: usize,
): void {
  const one = f64x2.splat(1);
  const last = rows + (end << 2);
  for (let at = rows + (begin << 2); at < last; at += 8) {
    const a = <usize>load<u32>(at);
    // The last of an odd number of rows is its own neighbour.
    const b = at + 4 < last ? <usize>load<u32>(at, 4) : a;
    const margin = v128.load64_lane(margins + (b << 3), v128.load64_zero(margins + (a << 3)), 1);
    const target = v128.load64_lane(targets + (b << 3), v128.load64_zero(targets + (a << 3)), 1);
    const probability = f64x2.div(one, f64x2.add(one, exponential(f64x2.neg(margin))));
    let g = f64x2.sub(probability, target);
    let h = f64x2.mul(probability, f64x2.sub(one, probability));
    if (weights !== 0) {
      const weight = v128.load64_lane(weights + (b << 3), v128.load64_zero(weights + (a << 3)), 1);
      g = f64x2.mul(g, weight);
      h = f64x2.mul(h, weight);
    }
    const narrowG = f32x4.demote_f64x2_zero(g);
    const narrowH = f32x4.demote_f64x2_zero(h);
    store<f32>(gradient + (a << 2), f32x4.extract_lane(narrowG, 0));
    store<f32>(gradient + (b << 2), f32x4.extract_lane(narrowG, 1));
    store<f32>(hessian + (a << 2), f32x4.extract_lane(narrowH, 0));
    store<f32>(hessian + (b << 2), f32x4.extract_lane(narrowH, 1));
  }
}
