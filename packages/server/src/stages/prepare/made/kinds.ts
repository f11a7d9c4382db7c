import type { ColumnFeature, CyclicPart, Kinds } from '../model.ts';

/** One more than the largest value of each part. */
export const PART_SIZES: Record<CyclicPart, number> = {
  month: 13,
  dayOfMonth: 32,
  weekday: 7,
  hour: 24,
  minute: 60,
  dayOfYear: 367,
};

/** Number of kinds, without "any other" and "missing". */
export function kindCount(kinds: Kinds): number {
  return kinds.kind === 'date-part' ? PART_SIZES[kinds.part] : kinds.levels.length;
}

/** The feature of the column that tells the kind. */
export function featureOfKinds(kinds: Kinds): ColumnFeature {
  const { column } = kinds;
  if (kinds.kind === 'words') return { kind: 'category', name: column, column, levels: kinds.levels };
  if (kinds.kind === 'numbers') return { kind: 'number', name: column, column };
  return { kind: 'date-part', name: column, column, part: kinds.part };
}

/** The kind, by the value of {@link featureOfKinds}: 0 … count + 1. */
export function compileKinds(kinds: Kinds): (value: number) => number {
  const count = kindCount(kinds);
  if (kinds.kind !== 'numbers')
    return (value) => {
      if (Number.isNaN(value)) return count + 1;
      return value >= 0 && value < count ? Math.floor(value) : count;
    };
  const places = new Map(kinds.levels.map((level, place) => [level, place]));
  return (value) => (Number.isNaN(value) ? count + 1 : (places.get(Math.fround(value)) ?? count));
}
