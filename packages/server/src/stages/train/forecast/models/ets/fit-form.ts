import { nelderMead } from '../../minimise/nelder-mead.ts';
import { type EtsForm, type EtsWeights, weightsOf } from './ets-form.ts';
import { initialPosition } from './initial-position.ts';
import { type EtsPosition, smooth } from './smooth.ts';

export type FittedEts = { form: EtsForm; weights: EtsWeights; position: EtsPosition; criterion: number };

/** The usual region of parameters, as in Hyndman's `ets`. */
const LEAST_WEIGHT = 1e-4;
const MOST_WEIGHT = 0.9999;
const DAMPING: [number, number] = [0.8, 0.98];
const START: EtsWeights = { alpha: 0.3, beta: 0.05, gamma: 0.05, phi: 0.95 };
const FIRST_STEP: EtsWeights = { alpha: 0.25, beta: 0.05, gamma: 0.1, phi: -0.05 };
/** Rounds of the simplex for each parameter. */
const ROUNDS = 35;
/** Series up to this length have the first level and slope fitted too; in longer ones they are forgotten. */
const SHORT = 60;

/**
 * One form, its smoothing weights chosen by likelihood. `criterion` is the AICc, up to a constant that all forms share;
 * Infinity where the form does not suit the values.
 */
export function fitForm(form: EtsForm, values: Float64Array, season: number): FittedEts {
  const names = weightsOf(form);
  const first = initialPosition(form, values, season);
  const free = freeStart(form, first, values);
  const at = (parameters: readonly number[]) => startAt(first, free, parameters.slice(names.length));
  const likelihood = (parameters: readonly number[]) => {
    const weights = weightsFrom(names, parameters);
    if (!isInside(form, weights)) return Number.POSITIVE_INFINITY;
    const { squares, logs, isSound } = smooth(form, weights, at(parameters), values);
    if (!isSound) return Number.POSITIVE_INFINITY;
    return values.length * Math.log(Math.max(squares, Number.MIN_VALUE) / values.length) + 2 * logs;
  };
  const found = nelderMead(
    likelihood,
    [...names.map((name) => START[name]), ...free.map((one) => one.value)],
    [...names.map((name) => FIRST_STEP[name]), ...free.map((one) => one.step)],
    ROUNDS * (names.length + free.length),
  );
  const weights = weightsFrom(names, found.at);
  const position = at(found.at);
  smooth(form, weights, position, values);
  const parameters = names.length + 1 + (form.trend === 'N' ? 1 : 2) + first.seasonal.length;
  return { form, weights, position, criterion: found.value + penalty(parameters, values.length) };
}

/** The correction of AIC for small samples; forms with more parameters than values are out of the question. */
function penalty(parameters: number, n: number): number {
  const spare = n - parameters - 1;
  return spare <= 0 ? Number.POSITIVE_INFINITY : 2 * parameters + (2 * parameters * (parameters + 1)) / spare;
}

type Free = { of: 'level' | 'slope'; value: number; step: number };

function freeStart(form: EtsForm, first: EtsPosition, values: Float64Array): Free[] {
  if (values.length > SHORT) return [];
  const size = Math.max(spread(values), Math.abs(first.level) * 0.05, 1e-9);
  const level: Free = { of: 'level', value: first.level, step: 0.25 * size };
  return form.trend === 'N' ? [level] : [level, { of: 'slope', value: first.slope, step: 0.05 * size }];
}

function startAt(first: EtsPosition, free: readonly Free[], values: readonly number[]): EtsPosition {
  const position = { ...first, seasonal: first.seasonal.slice() };
  free.forEach(({ of }, i) => {
    position[of] = values[i]!;
  });
  return position;
}

function weightsFrom(names: readonly (keyof EtsWeights)[], parameters: readonly number[]): EtsWeights {
  const weights: EtsWeights = { alpha: 0, beta: 0, gamma: 0, phi: 1 };
  names.forEach((name, i) => {
    weights[name] = parameters[i]!;
  });
  return weights;
}

function isInside({ trend, season }: EtsForm, { alpha, beta, gamma, phi }: EtsWeights): boolean {
  if (!(alpha >= LEAST_WEIGHT && alpha <= MOST_WEIGHT)) return false;
  if (trend !== 'N' && !(beta >= LEAST_WEIGHT && beta <= alpha)) return false;
  if (trend === 'D' && !(phi >= DAMPING[0] && phi <= DAMPING[1])) return false;
  return season === 'N' || (gamma >= LEAST_WEIGHT && gamma <= 1 - alpha);
}

function spread(values: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return (most - least) / 4;
}
