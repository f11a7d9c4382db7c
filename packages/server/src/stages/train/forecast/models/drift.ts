import type { LocalModel } from './local-model.ts';

type DriftState = { first: number; last: number; steps: number };

/** The straight line through the first and the last value. */
export const drift: LocalModel<DriftState> = {
  id: 'drift',
  label: 'Drift',
  suits: (length) => length >= 3,
  fit: (values) => ({ first: values[0]!, last: values.at(-1)!, steps: values.length - 1 }),
  advance(state, values) {
    if (values.length === 0) return state;
    return { ...state, last: values.at(-1)!, steps: state.steps + values.length };
  },
  project({ first, last, steps: past }, steps) {
    const slope = past > 0 ? (last - first) / past : 0;
    return Float64Array.from({ length: steps }, (_, k) => last + slope * (k + 1));
  },
};
