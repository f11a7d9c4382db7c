import type { Link } from '../../train/index.ts';

/** Turns raw scores into predictions, in place: `values` holds `outputs` numbers per row. */
export function applyLinkInPlace(link: Link, outputs: number, values: Float64Array): void {
  LINKS[link](values, outputs);
}

const LINKS: Record<Link, (values: Float64Array, outputs: number) => void> = {
  identity: () => {},
  logistic: (values) => {
    for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]!));
  },
  exp: (values) => {
    for (let i = 0; i < values.length; i++) values[i] = Math.exp(values[i]!);
  },
  softmax: (values, outputs) => {
    for (let start = 0; start + outputs <= values.length; start += outputs)
      softmaxRow(values, start, outputs);
  },
};

/** Softmax of one row, shifted by the largest score so that nothing overflows. */
function softmaxRow(values: Float64Array, start: number, outputs: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = start; k < start + outputs; k++) largest = Math.max(largest, values[k]!);
  let sum = 0;
  for (let k = start; k < start + outputs; k++) {
    values[k] = Math.exp(values[k]! - largest);
    sum += values[k]!;
  }
  for (let k = start; k < start + outputs; k++) values[k] = values[k]! / sum;
}
