import { nelderMead } from '../minimise/nelder-mead.ts';
import type { LocalModel } from './local-model.ts';
import { type Seasonality, seasonalityOf, withoutSeasonality } from './seasonality.ts';

/**
 * The optimised theta model as a recursion: a smoothed level, and the line through all values so far
 * (`intercept + slope * t`), of which theta says how much counts. `steps` is how many values it has seen.
 */
export type ThetaState = {
  alpha: number;
  theta: number;
  level: number;
  mean: number;
  intercept: number;
  slope: number;
  steps: number;
  isDynamic: number;
  isMultiplicative: number;
  seasonal: number[];
  at: number;
};

const LEAST_VALUES = 5;
const MOST_THETA = 30;
const ROUNDS = 90;

/**
 * The theta method (Assimakopoulos and Nikolopoulos 2000) as the state space models of Fiorucci et al. (2016), seasons
 * taken off first: the static and the dynamic optimised form are fitted, and the one with the smaller one-step errors
 * is kept.
 */
export const theta: LocalModel<ThetaState> = {
  id: 'theta',
  label: 'Theta',
  suits: (length) => length >= LEAST_VALUES,
  fit(values, facts) {
    const seasonality = seasonalityOf(values, facts.seasons[0] ?? 1);
    const adjusted = withoutSeasonality(seasonality, values, 0);
    const fitted = (facts.isHurried ? [1] : [0, 1]).map((isDynamic) => fitTheta(adjusted, isDynamic));
    const best = fitted.reduce((least, one) => (one.error < least.error ? one : least));
    return seasonedState(best.state, seasonality, values.length);
  },
  advance(state, values) {
    const adjusted = withoutSeasonality(seasonalityIn(state), values, state.at);
    const moved = { ...state, at: (state.at + values.length) % Math.max(1, state.seasonal.length) };
    for (const value of adjusted) observe(moved, value);
    return moved;
  },
  project(state, steps) {
    const ahead = new Float64Array(steps);
    const { alpha } = state;
    let { level } = state;
    for (let k = 0; k < steps; k++) {
      const value = level + trendPart(state, state.steps + k);
      level = alpha * value + (1 - alpha) * level;
      ahead[k] = seasoned(state, value, k);
    }
    return ahead;
  },
};

type Bare = Omit<ThetaState, 'isMultiplicative' | 'seasonal' | 'at'>;

function fitTheta(values: Float64Array, isDynamic: number): { state: Bare; error: number } {
  const first = values[0]!;
  const spread = Math.max(deviationOf(values), 1e-9);
  const run = ([alpha, theta, shift]: readonly number[]) => {
    const state = beginning(values, {
      alpha: alpha!,
      theta: theta!,
      level: first + shift! * spread,
      isDynamic,
    });
    let error = 0;
    for (let i = 1; i < values.length; i++) {
      error += (values[i]! - state.level - trendPart(state, state.steps)) ** 2;
      observe(state, values[i]!);
    }
    return { state, error };
  };
  const isInside = ([alpha, theta]: readonly number[]) =>
    alpha! >= 0.01 && alpha! <= 0.99 && theta! >= 1 && theta! <= MOST_THETA;
  const found = nelderMead(
    (at) => (isInside(at) ? run(at).error : Number.POSITIVE_INFINITY),
    [0.4, 2, 0],
    [0.3, 1, 0.5],
    ROUNDS,
  );
  return run(found.at);
}

function beginning(
  values: Float64Array,
  { alpha, theta, level, isDynamic }: Pick<Bare, 'alpha' | 'theta' | 'level' | 'isDynamic'>,
): Bare {
  const first = values[0]!;
  const line = isDynamic === 1 ? { intercept: first, slope: 0 } : lineThrough(values);
  return {
    alpha,
    theta,
    level: alpha * first + (1 - alpha) * level,
    mean: first,
    ...line,
    steps: 1,
    isDynamic,
  };
}

/** What the line adds to the level at the step after `n` values. */
function trendPart({ alpha, theta, intercept, slope }: Bare, n: number): number {
  const faded = (1 - alpha) ** n;
  return (1 - 1 / theta) * (intercept * faded + (slope * (1 - faded * (1 - alpha))) / alpha);
}

function observe(state: Bare, value: number): void {
  const n = state.steps;
  state.level = state.alpha * value + (1 - state.alpha) * state.level;
  if (state.isDynamic === 1) {
    const before = state.mean;
    state.mean = (n * before + value) / (n + 1);
    state.slope = ((n - 1) * state.slope + (6 * (value - before)) / (n + 1)) / (n + 2);
    state.intercept = state.mean - (state.slope * (n + 2)) / 2;
  }
  state.steps = n + 1;
}

function lineThrough(values: Float64Array): { intercept: number; slope: number } {
  const n = values.length;
  let [sum, weighted] = [0, 0];
  for (let i = 0; i < n; i++) {
    sum += values[i]!;
    weighted += (i + 1) * values[i]!;
  }
  const slope = (6 * ((2 * weighted) / n - ((1 + n) * sum) / n)) / (n * n - 1);
  return { slope, intercept: sum / n - ((n + 1) * slope) / 2 };
}

function seasonedState(state: Bare, { isMultiplicative, profile }: Seasonality, length: number): ThetaState {
  const season = Math.max(1, profile.length);
  return {
    ...state,
    isMultiplicative: isMultiplicative ? 1 : 0,
    seasonal: [...profile],
    at: length % season,
  };
}

function seasonalityIn({ isMultiplicative, seasonal }: ThetaState): Seasonality {
  return { isMultiplicative: isMultiplicative === 1, profile: Float64Array.from(seasonal) };
}

function seasoned({ isMultiplicative, seasonal, at }: ThetaState, value: number, k: number): number {
  if (seasonal.length === 0) return value;
  const s = seasonal[(at + k) % seasonal.length]!;
  return isMultiplicative === 1 ? value * s : value + s;
}

function deviationOf(values: Float64Array): number {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  for (const value of values) squares += (value - sum / values.length) ** 2;
  return Math.sqrt(squares / values.length);
}
