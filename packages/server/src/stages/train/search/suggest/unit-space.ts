import type { ParamRange, SearchSpace } from '../../learners/search-space.ts';

/** A place of a parameter in its range, 0 to 1 (a choice: its index). Values outside are taken to the border. */
export function toUnit(range: ParamRange, value: number | boolean): number {
  if (range.kind === 'choice') return Math.max(0, range.of.indexOf(value));
  const [low, high, at] = range.log
    ? [Math.log(range.low), Math.log(range.high), Math.log(Math.max(Number(value), Number.MIN_VALUE))]
    : [range.low, range.high, Number(value)];
  return high > low ? Math.min(1, Math.max(0, (at - low) / (high - low))) : 0;
}

/** The value at a place of the range; the inverse of {@link toUnit}. */
export function fromUnit(range: ParamRange, at: number): number | boolean {
  if (range.kind === 'choice') return range.of[Math.min(range.of.length - 1, Math.round(at))]!;
  const between = (low: number, high: number) => low + (high - low) * at;
  const value = range.log
    ? Math.exp(between(Math.log(range.low), Math.log(range.high)))
    : between(range.low, range.high);
  const kept = Math.min(range.high, Math.max(range.low, value));
  return range.kind === 'integer' ? Math.round(kept) : Number(kept.toPrecision(4));
}

/** The parameters that the space varies. */
export function variedBy(space: SearchSpace): [string, ParamRange][] {
  return Object.entries(space).filter((entry): entry is [string, ParamRange] => entry[1] !== undefined);
}
