import { type Column, columnNamed } from '../../ingest/index.ts';
import {
  type CyclicPart,
  compileKinds,
  encodeFeatures,
  type FeatureSpec,
  featureOfKinds,
  type Kinds,
  type Quantity,
  withoutRescaling,
} from '../../prepare/index.ts';
import type { MakingInputs } from './making-inputs.ts';

/** A number that arithmetic may take. */
export type QuantityIngredient = { quantity: Quantity; values: Float64Array };

/** A column whose values are of few kinds, with the kind of each row. */
export type KindsIngredient = { kinds: Kinds; rows: Int32Array };

/** What features may be made of, the most telling first. */
export type Ingredients = {
  quantities: QuantityIngredient[];
  kinds: KindsIngredient[];
  /** Parts of dates that come round. */
  cycles: { column: string; part: CyclicPart }[];
};

/** Columns of each sort that are looked at; more would take time and mostly find chance. */
const MOST_QUANTITIES = 10;
const MOST_KINDS = 8;

/** A number of fewer values makes no quantity worth combining. */
const LEAST_QUANTITIES = 10;

/** Kinds of a column of words at most, which is more than a category feature can have, and of whole numbers. */
const MOST_WORDS = 5000;
const MOST_NUMBERS = 500;

/** A column of so few kinds is told apart by a split or two. */
const LEAST_KINDS = 3;

const CYCLES: readonly CyclicPart[] = ['month', 'dayOfYear', 'weekday', 'hour'];

/**
 * What the columns offer, by how much their features contributed to a model (`importance`, by feature): those that say
 * something alone most often say more together.
 */
export function findIngredients(inputs: MakingInputs, importance: ArrayLike<number>): Ingredients {
  const { features, table } = inputs;
  const ranked = features
    .map((spec, feature) => ({ spec, weight: importance[feature] ?? 0 }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ spec }) => spec);
  const kinds = firstOf(ranked, (spec) => kindsOf(spec, inputs), MOST_KINDS);
  return {
    quantities: firstOf(ranked, (spec) => quantityOf(spec, inputs), MOST_QUANTITIES),
    kinds: kinds.map((one) => ({ kinds: one, rows: kindOfRows(one, table) })),
    cycles: features.flatMap((spec) =>
      spec.kind === 'date-part' && CYCLES.includes(spec.part as CyclicPart)
        ? [{ column: spec.column, part: spec.part as CyclicPart }]
        : [],
    ),
  };
}

/** The first `most` that specs give; those behind them are not looked at, since each look reads a whole column. */
function firstOf<T>(specs: readonly FeatureSpec[], given: (spec: FeatureSpec) => T[], most: number): T[] {
  const found: T[] = [];
  for (const spec of specs) {
    if (found.length >= most) break;
    found.push(...given(spec));
  }
  return found.slice(0, most);
}

/** The kind of each row. */
export function kindOfRows(kinds: Kinds, table: MakingInputs['table']): Int32Array {
  const [values] = encodeFeatures({ features: [featureOfKinds(kinds)] }, table).columns;
  return Int32Array.from(values!, compileKinds(kinds));
}

function quantityOf(spec: FeatureSpec, { table }: MakingInputs): QuantityIngredient[] {
  if (spec.kind !== 'number' && !(spec.kind === 'date-part' && spec.part === 'elapsedDays')) return [];
  const column = columnNamed(table, spec.column);
  if (column === undefined || column.type === 'string' || column.type === 'boolean') return [];
  if (countValues(column.values, LEAST_QUANTITIES).size < LEAST_QUANTITIES) return [];
  const values = spec.kind === 'number' ? column.values : column.values.map((ms) => ms / 86_400_000);
  return [{ quantity: withoutRescaling(spec), values }];
}

function kindsOf(spec: FeatureSpec, { table }: MakingInputs): Kinds[] {
  if (spec.kind === 'date-part')
    return CYCLES.includes(spec.part as CyclicPart) && spec.part !== 'dayOfYear'
      ? [{ kind: 'date-part', column: spec.column, part: spec.part as CyclicPart }]
      : [];
  const column = columnNamed(table, spec.kind === 'category' || spec.kind === 'number' ? spec.column : '');
  if (column?.type === 'string') return wordsOf(column);
  return column?.type === 'number' ? numbersOf(column) : [];
}

/** Words that come twice or more, the most frequent first. */
function wordsOf({ name, codes, dictionary }: Extract<Column, { type: 'string' }>): Kinds[] {
  const counts = new Int32Array(dictionary.length);
  for (const code of codes) if (code >= 0) counts[code]! += 1;
  const levels = dictionary
    .map((word, code) => ({ word, count: counts[code]! }))
    .filter(({ word, count }) => count >= 2 && word !== '')
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, MOST_WORDS)
    .map(({ word }) => word);
  return levels.length >= LEAST_KINDS ? [{ kind: 'words', column: name, levels }] : [];
}

/** Whole numbers that are few: months, grades, postal codes. */
function numbersOf({ name, values }: Extract<Column, { values: Float64Array }>): Kinds[] {
  const counts = countValues(values, MOST_NUMBERS + 1);
  if (counts.size > MOST_NUMBERS || counts.size < LEAST_KINDS) return [];
  const levels = [...counts].filter(([, count]) => count >= 2).map(([value]) => value);
  const areWhole = levels.every((level) => Number.isInteger(level) && Math.fround(level) === level);
  if (!areWhole || levels.length < LEAST_KINDS) return [];
  return [{ kind: 'numbers', column: name, levels: levels.sort((a, b) => a - b) }];
}

/** How often each value comes; stops at `most` values. */
function countValues(values: Float64Array, most: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size >= most) return counts;
  }
  return counts;
}
