import type { ColumnFeature, MadeFeature, Operation } from '../model.ts';
import { withoutRescaling } from '../rescaling.ts';
import { compileKinds, featureOfKinds, kindCount } from './kinds.ts';

/** How a made feature comes about: from the unrounded values of one or two features of columns. */
export type MadeStep = {
  of: ColumnFeature[];
  /** `b` is not looked at where there is but one. The result is a float32. */
  combine(a: number, b: number): number;
};

/** Compiles a made feature; tables and graph follow the same definition (prepare's model). */
export function compileMade(spec: MadeFeature): MadeStep {
  if (spec.kind === 'arithmetic')
    return { of: spec.of.map(withoutRescaling), combine: guarded(OPERATIONS[spec.operation]) };
  const table = tableOf(spec);
  const of = spec.of.map(featureOfKinds);
  const [first, second] = spec.of.map(compileKinds);
  if (second === undefined) return { of, combine: (a) => table[first!(a)]! };
  const width = kindCount(spec.of[1]!) + 2;
  return { of, combine: (a, b) => table[first!(a) * width + second(b)]! };
}

/** What the feature is for every key: of a lookup the values, of a cross the codes. */
export function tableOf(spec: Exclude<MadeFeature, { kind: 'arithmetic' }>): Float32Array {
  const size = spec.of.reduce((all, kinds) => all * (kindCount(kinds) + 2), 1);
  const table = new Float32Array(size).fill(spec.kind === 'lookup' ? spec.otherwise : spec.keys.length);
  spec.keys.forEach((key, place) => {
    table[key] = spec.kind === 'lookup' ? spec.values[place]! : place;
  });
  return table;
}

const OPERATIONS: Record<Operation, (a: number, b: number) => number> = {
  sum: (a, b) => a + b,
  difference: (a, b) => a - b,
  product: (a, b) => a * b,
  ratio: (a, b) => a / b,
};

function guarded(operation: (a: number, b: number) => number): (a: number, b: number) => number {
  return (a, b) => {
    const rounded = Math.fround(operation(a, b));
    return Number.isFinite(rounded) ? rounded : Number.NaN;
  };
}
