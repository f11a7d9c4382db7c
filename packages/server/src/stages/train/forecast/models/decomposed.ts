import { type EtsState, ets, fitBest } from './ets/ets.ts';
import { type EtsForm, etsForms } from './ets/ets-form.ts';
import type { LocalModel } from './local-model.ts';
import { movingMean } from './seasonality.ts';

/** Profiles one after another in `profiles`, each of the length in `lengths`, at the phase in `phases`. */
export type DecomposedState = {
  isLog: number;
  lengths: number[];
  phases: number[];
  profiles: number[];
  gamma: number;
  /** Forecasts stay within these, on the scale of the profiles. */
  least: number;
  most: number;
  /** The state of the part without seasons, as an ETS state. */
  rest: EtsState;
};

/** The one form that is tried when time is short. */
const HURRIED: readonly EtsForm[] = [{ error: 'A', trend: 'D', season: 'N' }];
/** Passes over the seasons, each taken from what the others leave. */
const PASSES = 2;
/** Each cycle of a profile counts so much as the one after it. */
const FADING = 0.9;
/** How far a profile moves towards each new value. */
const GAMMA = 0.05;

/**
 * All seasons taken off at once (a plain form of MSTL, Bandara et al. 2021: profiles by phase, later cycles counting
 * more), and what is left smoothed by the best form of ETS without season. For several seasons, and for those too long
 * for ETS. On a logarithmic scale where that follows the values more closely.
 */
export const decomposed: LocalModel<DecomposedState> = {
  id: 'decomposed-ets',
  label: 'Seasons + ETS',
  suits: (length, { seasons }) => usableSeasons(length, seasons).length > 0,
  fit(values, { seasons, isHurried }) {
    const lengths = usableSeasons(values.length, seasons);
    const forms = isHurried ? HURRIED : etsForms(false, false);
    const plain = fitScale(values, lengths, 0, forms);
    if (!values.every((value) => value > 0)) return plain.state;
    const log = fitScale(values, lengths, 1, forms);
    return log.error < plain.error ? log.state : plain.state;
  },
  advance(state, values) {
    const moved = { ...state, phases: [...state.phases], profiles: [...state.profiles] };
    for (const value of values) moved.rest = observe(moved, value);
    return moved;
  },
  project(state, steps) {
    const rest = ets.project(state.rest, steps);
    return rest.map((value, k) => unscaled(state, value + seasonalSum(state, k)));
  },
};

function usableSeasons(length: number, seasons: readonly number[]): number[] {
  return seasons.filter((season) => length >= 2 * season + 2).toSorted((a, b) => a - b);
}

function fitScale(
  values: Float64Array,
  lengths: number[],
  isLog: number,
  forms: readonly EtsForm[],
): { state: DecomposedState; error: number } {
  const scaled = isLog === 1 ? values.map(Math.log) : values;
  const profiles: Float64Array[] = lengths.map((length) => new Float64Array(length));
  const trend = movingMean(scaled, lengths.at(-1)!);
  const edges = edgeFilled(trend);
  for (let pass = 0; pass < PASSES; pass++) {
    lengths.forEach((_, which) => {
      const rest = scaled.map((value, i) => value - edges[i]! - sumOf(profiles, i, which));
      profiles[which] = fadingProfile(rest, lengths[which]!);
    });
  }
  const rest = scaled.map((value, i) => value - sumOf(profiles, i, -1));
  const state: DecomposedState = {
    isLog,
    lengths,
    phases: lengths.map((length) => values.length % length),
    profiles: profiles.flatMap((profile) => [...profile]),
    gamma: GAMMA,
    ...boundsOf(scaled, isLog),
    rest: fitBest(rest, forms, 1),
  };
  return { state, error: fittedError(values, scaled, profiles, isLog) };
}

/** A straight line on a logarithmic scale explodes sooner or later: not beyond e times what has been. */
function boundsOf(scaled: Float64Array, isLog: number): { least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of scaled) [least, most] = [Math.min(least, value), Math.max(most, value)];
  const room = isLog === 1 ? 1 : 2 * (most - least);
  return { least: least - room, most: most + room };
}

/** The first and last known trend carried outward. */
function edgeFilled(trend: Float64Array): Float64Array {
  const first = trend.findIndex((value) => !Number.isNaN(value));
  const last = trend.findLastIndex((value) => !Number.isNaN(value));
  return trend.map((value, i) => {
    if (!Number.isNaN(value)) return value;
    return i < first ? trend[first]! : trend[last]!;
  });
}

function fadingProfile(values: Float64Array, length: number): Float64Array {
  const sums = new Float64Array(length);
  const weights = new Float64Array(length);
  for (let i = 0; i < values.length; i++) {
    const weight = FADING ** Math.floor((values.length - 1 - i) / length);
    sums[i % length]! += weight * values[i]!;
    weights[i % length]! += weight;
  }
  const raw = sums.map((sum, phase) => sum / weights[phase]!);
  const middle = raw.reduce((sum, value) => sum + value, 0) / length;
  return raw.map((value) => value - middle);
}

/** Sum of all profiles but one at place `i` of the values. */
function sumOf(profiles: readonly Float64Array[], i: number, but: number): number {
  let sum = 0;
  profiles.forEach((profile, which) => {
    if (which !== but) sum += profile[i % profile.length]!;
  });
  return sum;
}

/** Squared error, on the values' own scale, of the last value without season carried one step with its season. */
function fittedError(
  values: Float64Array,
  scaled: Float64Array,
  profiles: readonly Float64Array[],
  isLog: number,
): number {
  let error = 0;
  for (let i = 1; i < values.length; i++) {
    const forecast = scaled[i - 1]! - sumOf(profiles, i - 1, -1) + sumOf(profiles, i, -1);
    error += (values[i]! - (isLog === 1 ? Math.exp(forecast) : forecast)) ** 2;
  }
  return error;
}

/** Moves phases and profiles in place by one value and returns the rest's new state. */
function observe(state: DecomposedState, value: number): EtsState {
  const scaled = state.isLog === 1 ? Math.log(Math.max(value, Number.MIN_VALUE)) : value;
  const expected = ets.project(state.rest, 1)[0]! + seasonalSum(state, 0);
  const rest = ets.advance(state.rest, Float64Array.of(scaled - seasonalSum(state, 0)));
  let offset = 0;
  state.lengths.forEach((length, which) => {
    const phase = state.phases[which]!;
    state.profiles[offset + phase]! += (state.gamma * (scaled - expected)) / state.lengths.length;
    state.phases[which] = (phase + 1) % length;
    offset += length;
  });
  return rest;
}

function seasonalSum({ lengths, phases, profiles }: DecomposedState, k: number): number {
  let [sum, offset] = [0, 0];
  lengths.forEach((length, which) => {
    sum += profiles[offset + ((phases[which]! + k) % length)]!;
    offset += length;
  });
  return sum;
}

function unscaled({ isLog, least, most }: DecomposedState, value: number): number {
  const kept = Math.min(most, Math.max(least, value));
  return isLog === 1 ? Math.exp(kept) : kept;
}
