/** A form of exponential smoothing: error, trend and season, each additive (A), multiplicative (M), damped (D) or none (N). */
export type EtsForm = { error: 'A' | 'M'; trend: 'N' | 'A' | 'D'; season: 'N' | 'A' | 'M' };

const TRENDS = ['N', 'A', 'D'] as const;

/**
 * The forms tried, those of Hyndman's `ets` by default: additive errors go with additive seasons, and nothing is
 * multiplied where values are not all above zero.
 */
export function etsForms(hasSeason: boolean, isPositive: boolean): EtsForm[] {
  const seasons = hasSeason ? (['A', 'M', 'N'] as const) : (['N'] as const);
  return seasons.flatMap((season) =>
    TRENDS.flatMap((trend): EtsForm[] => {
      const additive: EtsForm[] = season === 'M' ? [] : [{ error: 'A', trend, season }];
      return isPositive ? [...additive, { error: 'M', trend, season }] : additive;
    }),
  );
}

/** Smoothing weights of level, trend and season, and the damping of the trend. */
export type EtsWeights = { alpha: number; beta: number; gamma: number; phi: number };

/** The weights that a form uses, in this order. */
export function weightsOf({ trend, season }: EtsForm): (keyof EtsWeights)[] {
  return [
    'alpha',
    ...(trend === 'N' ? [] : (['beta'] as const)),
    ...(season === 'N' ? [] : (['gamma'] as const)),
    ...(trend === 'D' ? (['phi'] as const) : []),
  ];
}
