/** A smooth function to minimise: returns its value at `x` and writes its gradient. */
export type SmoothFunction = (x: Float64Array, gradient: Float64Array) => number;

export type Minimum = { x: Float64Array; value: number; steps: number };

export type LbfgsOptions = {
  maxSteps: number;
  /** Stops when no component of the gradient is larger than this… */
  gradientTolerance: number;
  /** …or when a step lowers the value by less than this share. */
  valueTolerance: number;
  shouldStop(): boolean;
};

/** Pairs of steps and gradient changes that are remembered. */
const MEMORY = 10;
const ARMIJO = 1e-4;
const MAX_HALVINGS = 30;

type Pair = { step: Float64Array; change: Float64Array; rho: number };

/**
 * Limited-memory BFGS with a backtracking line search (Nocedal and Wright 2006, algorithm 7.5). Pairs without
 * positive curvature are not remembered, so every direction leads down. Starts at `start`, which is not changed.
 */
export function minimise(f: SmoothFunction, start: Float64Array, options: LbfgsOptions): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = f(x, gradient);
  const pairs: Pair[] = [];
  let steps = 0;
  while (steps < options.maxSteps && largest(gradient) > options.gradientTolerance && !options.shouldStop()) {
    const direction = descend(gradient, pairs);
    const first = pairs.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1;
    const next = search(f, x, value, gradient, direction, first);
    if (!next) break;
    remember(pairs, x, gradient, next);
    const gained = value - next.value;
    const settled = gained <= options.valueTolerance * Math.max(1e-12, Math.abs(value));
    ({ x, value, gradient } = next);
    steps++;
    if (settled) break;
  }
  return { x, value, steps };
}

type Point = { x: Float64Array<ArrayBuffer>; value: number; gradient: Float64Array<ArrayBuffer> };

/** The two-loop recursion: minus the approximate inverse hessian times the gradient. */
function descend(gradient: Float64Array, pairs: Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const alphas = new Float64Array(pairs.length);
  for (let p = pairs.length - 1; p >= 0; p--) {
    const { step, change, rho } = pairs[p]!;
    alphas[p] = rho * dot(step, direction);
    addScaled(direction, -alphas[p]!, change);
  }
  const last = pairs[pairs.length - 1];
  if (last) scale(direction, 1 / (last.rho * dot(last.change, last.change)));
  pairs.forEach(({ step, change, rho }, p) => {
    addScaled(direction, alphas[p]! - rho * dot(change, direction), step);
  });
  return direction;
}

/** Halves the step until the value falls enough; null when it never does. */
function search(
  f: SmoothFunction,
  from: Float64Array,
  value: number,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
): Point | null {
  const slope = dot(gradient, direction);
  let length = first;
  for (let tried = 0; tried < MAX_HALVINGS; tried++, length /= 2) {
    const x = Float64Array.from(from);
    addScaled(x, length, direction);
    const there = new Float64Array(x.length);
    const lower = f(x, there);
    if (lower <= value + ARMIJO * length * slope) return { x, value: lower, gradient: there };
  }
  return null;
}

function remember(pairs: Pair[], x: Float64Array, gradient: Float64Array, next: Point): void {
  const step = next.x.map((v, i) => v - x[i]!);
  const change = next.gradient.map((v, i) => v - gradient[i]!);
  const curvature = dot(step, change);
  if (curvature <= 1e-12 * dot(change, change)) return;
  pairs.push({ step, change, rho: 1 / curvature });
  if (pairs.length > MEMORY) pairs.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}

function largest(a: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]!));
  return most;
}

function addScaled(into: Float64Array, factor: number, add: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * add[i]!;
}

function scale(a: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! *= factor;
}
