import type { Preparation } from './model.ts';

/** The type that classes have in the training table, and so in answers. */
export type ClassType = 'string' | 'integer' | 'number' | 'boolean';

/** A class as it is answered: 0, not "0"; true, not "true". */
export type ClassValue = string | number | boolean;

/**
 * The type of the classes, which are text inside Slipway: that of the target's column. Text where the bundle does not tell
 * it, as those from before other columns were kept.
 */
export function classTypeOf({
  target,
  classes,
  others = [],
}: Pick<Preparation, 'target' | 'classes' | 'others'>): ClassType {
  const type = others.find(({ name }) => name === target)?.type;
  if (classes.length === 0) return 'string';
  if (type === 'boolean')
    return classes.every((name) => name === 'true' || name === 'false') ? type : 'string';
  // Only what is written again as it was: no class may lose its digits.
  if (type !== 'number' || !classes.every((name) => String(Number(name)) === name)) return 'string';
  return classes.every((name) => Number.isSafeInteger(Number(name))) ? 'integer' : 'number';
}

/** The class in its type. */
export function classValue(type: ClassType, name: string): ClassValue {
  if (type === 'string') return name;
  return type === 'boolean' ? name === 'true' : Number(name);
}
