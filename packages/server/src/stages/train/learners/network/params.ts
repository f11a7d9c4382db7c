import { ANY, type Bound, within } from '../bounds.ts';
import type { SearchSpace } from '../search-space.ts';

/** What shapes a fit of a network. */
export type NetworkParams = {
  /** Hidden layers. */
  layers: number;
  /** Numbers in each hidden layer, rounded up to a multiple of four. */
  width: number;
  /** `x / (1 + exp(-x))` for hidden layers instead of max(0, x). */
  smooth: boolean;
  /** Share of each hidden layer that is switched off at random while learning (Srivastava et al. 2014). */
  dropout: number;
  /** The learning rate of Adam, from which it falls to nearly nothing along a cosine. */
  stepSize: number;
  /** Share of the weights, times the step size, that they lose at each step. */
  weightDecay: number;
  /** Rows of a step; fewer where rows are few. */
  batch: number;
  /** Passes over the rows at most, along which the step size falls; 0 chooses by the number of rows. */
  epochs: number;
  /** Passes after which learning ends on the way; 0 leaves it to the validation rows. */
  stopAfter: number;
  /** Passes without a lower validation loss after which learning ends. */
  patience: number;
};

export const NETWORK_DEFAULTS: NetworkParams = {
  layers: 2,
  width: 96,
  smooth: true,
  dropout: 0.1,
  stepSize: 0.01,
  weightDecay: 0.02,
  batch: 256,
  epochs: 0,
  stopAfter: 0,
  patience: 8,
};

export const NETWORK_BOUNDS: { [Name in keyof NetworkParams]?: Bound } = {
  layers: within(0, 8, { whole: true }),
  width: within(4, 2048, { whole: true }),
  dropout: within(0, 0.9),
  stepSize: within(1e-6, 1),
  weightDecay: within(0, 10),
  batch: within(16, 8192, { whole: true }),
  epochs: within(0, 10_000, { whole: true }),
  stopAfter: within(0, 10_000, { whole: true }),
  patience: within(1, ANY, { whole: true }),
};

export const NETWORK_SPACE: SearchSpace<NetworkParams> = {
  layers: { kind: 'integer', low: 1, high: 3 },
  width: { kind: 'integer', low: 32, high: 192, log: true },
  smooth: { kind: 'choice', of: [true, false] },
  dropout: { kind: 'real', low: 0, high: 0.4 },
  stepSize: { kind: 'real', low: 1e-3, high: 0.03, log: true },
  weightDecay: { kind: 'real', low: 1e-3, high: 0.3, log: true },
};
