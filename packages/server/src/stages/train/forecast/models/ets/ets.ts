import type { LocalModel, SeriesFacts } from '../local-model.ts';
import { type EtsForm, etsForms } from './ets-form.ts';
import { type FittedEts, fitForm } from './fit-form.ts';
import { type EtsPosition, projectEts, smooth } from './smooth.ts';

/** A fitted form and where it stands, as numbers and letters. */
export type EtsState = EtsForm & {
  alpha: number;
  beta: number;
  gamma: number;
  phi: number;
  level: number;
  slope: number;
  seasonal: number[];
  at: number;
};

/** Longer seasons have too many states to smooth one by one; they are taken off first (see `decomposed`). */
export const LONGEST_ETS_SEASON = 24;
const LEAST_VALUES = 4;
/** Values that weights are fitted to at most, or so many seasons; what lies before is forgotten anyway. */
const MOST_VALUES = 300;
const MOST_SEASONS = 15;

/** Exponential smoothing in state space form, the form chosen by AICc among all that suit (Hyndman et al. 2002). */
export const ets: LocalModel<EtsState> = {
  id: 'ets',
  label: 'ETS',
  suits: (length) => length >= LEAST_VALUES,
  fit: (values, facts) => fitBest(values, formsFor(values, facts), seasonFor(values, facts)),
  advance(state, values) {
    const position = positionOf(state);
    smooth(state, state, position, values);
    return stateOf({ form: state, weights: state, position });
  },
  project: (state, steps) => projectEts(state, state.phi, positionOf(state), steps),
};

/** The best of some forms. Constant values have no likelihood to speak of; the simplest form answers them. */
export function fitBest(values: Float64Array, forms: readonly EtsForm[], season: number): EtsState {
  const most = Math.max(MOST_VALUES, MOST_SEASONS * season);
  const recent = values.length > most ? values.slice(-most) : values;
  const fitted = forms.map((form) => fitForm(form, recent, season));
  const best = fitted.reduce((least, one) => (one.criterion < least.criterion ? one : least));
  if (Number.isFinite(best.criterion)) return stateOf(best);
  return stateOf(fitForm({ error: 'A', trend: 'N', season: 'N' }, recent, 1));
}

export function seasonFor(values: Float64Array, { seasons }: SeriesFacts): number {
  const fitting = seasons.filter((season) => season <= LONGEST_ETS_SEASON && values.length >= 2 * season + 2);
  return fitting[0] ?? 1;
}

function formsFor(values: Float64Array, facts: SeriesFacts): EtsForm[] {
  const hasSeason = seasonFor(values, facts) > 1;
  if (facts.isHurried) return [{ error: 'A', trend: 'D', season: hasSeason ? 'A' : 'N' }];
  return etsForms(
    hasSeason,
    values.every((value) => value > 0),
  );
}

function stateOf({ form, weights, position }: Omit<FittedEts, 'criterion'>): EtsState {
  const { error, trend, season } = form;
  const { alpha, beta, gamma, phi } = weights;
  const { level, slope, seasonal, at } = position;
  return { error, trend, season, alpha, beta, gamma, phi, level, slope, seasonal: [...seasonal], at };
}

function positionOf({ level, slope, seasonal, at }: EtsState): EtsPosition {
  return { level, slope, seasonal: Float64Array.from(seasonal), at };
}
