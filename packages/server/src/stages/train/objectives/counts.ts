import { type Objective, weightedMean } from './objective.ts';
import { type Pointwise, pointwise } from './pointwise.ts';

/** Means are kept this far from nought, so that their logarithm is finite. */
const SMALLEST_MEAN = 1e-9;

/** Hessians of the Poisson loss are taken a little further on, as LightGBM does (`poisson_max_delta_step`): safer steps. */
const POISSON_STEP = 0.7;

const log: Pick<Pointwise, 'link' | 'base'> = {
  link: 'exp',
  base: (target, weights, rows) => [Math.log(Math.max(SMALLEST_MEAN, weightedMean(target, weights, rows)))],
};

const notNegative = { target: (y: number) => y >= 0, says: 'no target may be negative' };

/** Deviance of counts, up to a constant: the margin is the logarithm of the mean. */
export const poisson: Objective = pointwise({
  ...log,
  id: 'poisson',
  allows: notNegative,
  gradient: (margin, y) => Math.exp(margin) - y,
  hessian: (margin) => Math.exp(margin + POISSON_STEP),
  loss: (margin, y) => Math.exp(margin) - y * margin,
});

/** Deviance of positive amounts whose spread grows with their mean. */
export const gamma: Objective = pointwise({
  ...log,
  id: 'gamma',
  allows: { target: (y) => y > 0, says: 'every target must be above 0' },
  gradient: (margin, y) => 1 - y * Math.exp(-margin),
  hessian: (margin, y) => y * Math.exp(-margin),
  loss: (margin, y) => margin + y * Math.exp(-margin),
});

/** Deviance of amounts that are often exactly nought (Tweedie 1984); `power` between 1 and 2. */
export function tweedie(power: number): Objective {
  const [a, b] = [1 - power, 2 - power];
  return pointwise({
    ...log,
    id: 'tweedie',
    allows: notNegative,
    gradient: (margin, y) => Math.exp(b * margin) - y * Math.exp(a * margin),
    hessian: (margin, y) => b * Math.exp(b * margin) - a * y * Math.exp(a * margin),
    loss: (margin, y) => Math.exp(b * margin) / b - (y * Math.exp(a * margin)) / a,
  });
}
