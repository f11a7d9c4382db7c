import type { LocalModel } from './local-model.ts';

/** `rate` fades the chance of a demand in TSB; Croston moves on demands only and keeps the interval. */
type CrostonState = { size: number; interval: number; since: number; smoothing: number };
type TsbState = { size: number; chance: number; sizeSmoothing: number; chanceSmoothing: number };

/** Smoothing of Croston's method when nothing is fitted (Syntetos and Boylan 2005). */
const SMOOTHINGS = [0.05, 0.1, 0.2, 0.3];
/** With so many zeros a series is intermittent. */
export const MOSTLY_ZERO = 0.4;

/**
 * Croston's method with the correction of Syntetos and Boylan (2005): sizes and intervals of demands are smoothed
 * apart. For series that are mostly zero.
 */
export const crostonSba: LocalModel<CrostonState> = {
  id: 'croston-sba',
  label: 'Croston (SBA)',
  suits: (length, { zeros, isNonNegative }) => isNonNegative && zeros >= MOSTLY_ZERO && length >= 8,
  fit(values) {
    return leastError(
      SMOOTHINGS.map((smoothing) => ({ size: 0, interval: 1, since: 1, smoothing })),
      values,
      {
        move: moveCroston,
        answer: crostonRate,
      },
    );
  },
  advance: (state, values) => values.reduce(moveCroston, state),
  project: (state, steps) => new Float64Array(steps).fill(crostonRate(state)),
};

/** Teunter, Syntetos and Babai (2011): the chance of a demand is smoothed at each step, so that dead series fade. */
export const tsb: LocalModel<TsbState> = {
  id: 'tsb',
  label: 'TSB',
  suits: (length, facts) => crostonSba.suits(length, facts),
  fit(values) {
    const starts = SMOOTHINGS.flatMap((sizeSmoothing) =>
      [0.02, 0.05, 0.1, 0.2].map((chanceSmoothing) => ({
        size: 0,
        chance: 1 - zerosIn(values),
        sizeSmoothing,
        chanceSmoothing,
      })),
    );
    return leastError(starts, values, { move: moveTsb, answer: tsbRate });
  },
  advance: (state, values) => values.reduce(moveTsb, state),
  project: (state, steps) => new Float64Array(steps).fill(tsbRate(state)),
};

function moveCroston(state: CrostonState, value: number): CrostonState {
  const { size, interval, since, smoothing } = state;
  if (value === 0) return { ...state, since: since + 1 };
  if (size === 0) return { ...state, size: value, interval: since, since: 1 };
  return {
    ...state,
    size: size + smoothing * (value - size),
    interval: interval + smoothing * (since - interval),
    since: 1,
  };
}

function crostonRate({ size, interval, smoothing }: CrostonState): number {
  return ((1 - smoothing / 2) * size) / interval;
}

function moveTsb(state: TsbState, value: number): TsbState {
  const { size, chance, sizeSmoothing, chanceSmoothing } = state;
  const occurred = value === 0 ? 0 : 1;
  const moved = size === 0 ? value : size + occurred * sizeSmoothing * (value - size);
  return { ...state, size: moved, chance: chance + chanceSmoothing * (occurred - chance) };
}

function tsbRate({ size, chance }: TsbState): number {
  return size * chance;
}

type Recursion<State> = { move(state: State, value: number): State; answer(state: State): number };

/** The state at the end of the start whose one-step forecasts were the least wrong (squared). */
function leastError<State extends object>(
  starts: readonly State[],
  values: Float64Array,
  { move, answer }: Recursion<State>,
): State {
  let best = { state: starts[0]!, error: Number.POSITIVE_INFINITY };
  for (const start of starts) {
    let [state, error] = [start, 0];
    for (const value of values) {
      error += (value - answer(state)) ** 2;
      state = move(state, value);
    }
    if (error < best.error) best = { state, error };
  }
  return best.state;
}

function zerosIn(values: Float64Array): number {
  return values.reduce((count, value) => count + (value === 0 ? 1 : 0), 0) / values.length;
}
