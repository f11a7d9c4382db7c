import type { LocalModel } from './local-model.ts';

type NaiveState = { last: number };

/** The last value again: the best forecast of a random walk. */
export const naive: LocalModel<NaiveState> = {
  id: 'naive',
  label: 'Naive',
  suits: () => true,
  fit: (values) => ({ last: values.at(-1)! }),
  advance: (state, values) => (values.length === 0 ? state : { last: values.at(-1)! }),
  project: ({ last }, steps) => new Float64Array(steps).fill(last),
};
