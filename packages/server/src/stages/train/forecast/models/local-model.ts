import type { LocalModelId, LocalState } from '../model.ts';

/** What is known of a series beside its values. */
export type SeriesFacts = {
  /** Tested lengths of season, the strongest first; empty without. */
  seasons: readonly number[];
  /** Share of the values that are exactly zero. */
  zeros: number;
  /** Whether no value is below zero. */
  isNonNegative: boolean;
  /** Whether there is no time to try every form of a model. */
  isHurried: boolean;
};

/**
 * A way to forecast one series by itself. A fitted model is its state: small, made of numbers only, moved on by each
 * new value without fitting again.
 */
export type LocalModel<State extends LocalState = LocalState> = {
  id: LocalModelId;
  label: string;
  /** Whether it is worth trying on so many values. */
  suits(length: number, facts: SeriesFacts): boolean;
  /** The state after the last value. Values are finite. */
  fit(values: Float64Array, facts: SeriesFacts): State;
  /** The state after more values; the state given stays as it was. */
  advance(state: State, values: Float64Array): State;
  /** The next `steps` values. */
  project(state: State, steps: number): Float64Array;
};
