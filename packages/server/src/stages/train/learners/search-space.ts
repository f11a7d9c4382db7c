import type { Random } from '../../../kernel/index.ts';

/** Where a parameter may lie. `log` draws uniformly on the logarithm. */
export type ParamRange =
  | { kind: 'real'; low: number; high: number; log?: boolean }
  | { kind: 'integer'; low: number; high: number; log?: boolean }
  | { kind: 'choice'; of: readonly (number | boolean)[] };

/** The parameters a search may vary; what is not named keeps its default. */
export type SearchSpace<Params = Record<string, number | boolean>> = {
  readonly [Name in keyof Params]?: ParamRange;
};

/** One point of the space, drawn at random. */
export function sampleParams(space: SearchSpace, random: Random): Record<string, number | boolean> {
  return Object.fromEntries(
    Object.entries(space).flatMap(([name, range]) => (range ? [[name, sampleRange(range, random)]] : [])),
  );
}

function sampleRange(range: ParamRange, random: Random): number | boolean {
  if (range.kind === 'choice') return range.of[Math.floor(random() * range.of.length)]!;
  const at = (low: number, high: number) => low + (high - low) * random();
  const value = range.log
    ? Math.exp(at(Math.log(range.low), Math.log(range.high)))
    : at(range.low, range.high);
  return range.kind === 'integer' ? Math.round(value) : Number(value.toPrecision(4));
}
