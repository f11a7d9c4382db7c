import type { LocalModel } from './local-model.ts';

type SeasonalNaiveState = { cycle: number[] };

/** The value of one season ago, the first season that the series is long enough for; a series without one has none. */
export const seasonalNaive: LocalModel<SeasonalNaiveState> = {
  id: 'seasonal-naive',
  label: 'Seasonal naive',
  suits: (length, { seasons }) => seasons.some((season) => season <= length),
  fit: (values, { seasons }) => lastCycle(values, seasons.find((length) => length <= values.length) ?? 1),
  advance: nextCycle,
  project: repeatCycle,
};

/** The value of one long season ago: of hours the same hour last week. */
export const longSeasonalNaive: LocalModel<SeasonalNaiveState> = {
  id: 'long-seasonal-naive',
  label: 'Long seasonal naive',
  suits: (length, { seasons }) => seasons.length > 1 && length >= seasons.at(-1)!,
  fit: (values, { seasons }) => lastCycle(values, seasons.at(-1)!),
  advance: nextCycle,
  project: repeatCycle,
};

function lastCycle(values: Float64Array, season: number): SeasonalNaiveState {
  return { cycle: Array.from(values.slice(-season)) };
}

function nextCycle({ cycle }: SeasonalNaiveState, values: Float64Array): SeasonalNaiveState {
  return { cycle: [...cycle, ...values].slice(-cycle.length) };
}

function repeatCycle({ cycle }: SeasonalNaiveState, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, k) => cycle[k % cycle.length]!);
}
