import { type Random, seededRandom } from '../kernel/index.ts';
import type {
  ColumnFeature,
  Kinds,
  MadeFeature,
  Operation,
  Preparation,
  Quantity,
} from '../stages/prepare/index.ts';
import { kindCount } from '../stages/prepare/index.ts';

const OPERATIONS: readonly Operation[] = ['sum', 'difference', 'product', 'ratio'];
const CYCLIC = ['month', 'dayOfMonth', 'weekday', 'hour', 'minute', 'dayOfYear'] as const;

/** The preparation with made features of every kind that its columns allow, behind the others. */
export function withRandomMade(preparation: Preparation, seed: number, count = 6): Preparation {
  const random = seededRandom(seed);
  const plain = preparation.features as ColumnFeature[];
  const made = Array.from({ length: count }, (_, i) => randomMade(plain, random, `made ${i}`));
  return { ...preparation, features: [...plain, ...made] };
}

function randomMade(plain: readonly ColumnFeature[], random: Random, name: string): MadeFeature {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const quantities = plain.flatMap((spec): Quantity[] =>
    spec.kind === 'number' || (spec.kind === 'date-part' && spec.part === 'elapsedDays') ? [spec] : [],
  );
  if (quantities.length > 0 && random() < 0.4)
    return {
      kind: 'arithmetic',
      name,
      operation: pick(OPERATIONS),
      of: [pick(quantities), pick(quantities)],
    };
  const isPair = random() < 0.6;
  const of = [pick(plain), ...(isPair ? [pick(plain)] : [])].map((spec) => kindsOf(spec, random));
  const size = of.reduce((all, kinds) => all * (kindCount(kinds) + 2), 1);
  const keys = Array.from({ length: Math.min(size, 40) }, () => Math.floor(random() * size));
  const sorted = [...new Set(keys)].sort((a, b) => a - b);
  if (isPair && random() < 0.5) return { kind: 'cross', name, of, keys: sorted };
  const values = sorted.map(() => Math.fround(random() * 4 - 2));
  return {
    kind: 'lookup',
    name,
    by: 'target-mean',
    class: null,
    of,
    keys: sorted,
    values,
    otherwise: Math.fround(random()),
  };
}

function kindsOf(spec: ColumnFeature, random: Random): Kinds {
  const { column } = spec;
  if (spec.kind === 'category') return { kind: 'words', column, levels: spec.levels };
  if (spec.kind === 'number')
    return { kind: 'numbers', column, levels: [-1, -0.75, 0, 0.25, 0.5, 1].map(Math.fround) };
  return { kind: 'date-part', column, part: CYCLIC[Math.floor(random() * CYCLIC.length)]! };
}
