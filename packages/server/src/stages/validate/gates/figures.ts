import type { Interval } from '../model.ts';

/** A figure for a sentence: four digits, no more. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return 'undefined';
  return Math.abs(value) >= 0.001 || Math.abs(value) < 1e-12
    ? String(Number(value.toFixed(4)))
    : value.toExponential(1);
}

export function interval({ value, low, high }: Interval): string {
  return `${figure(value)}, 95 % interval ${figure(low)} to ${figure(high)}`;
}
