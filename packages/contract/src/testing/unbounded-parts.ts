import { z } from 'zod';

type Schema = z.core.$ZodType;

/** More than any operation takes in one place. */
const MOST = 2_000_000;
const MANY_KEYS = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, 0]));
const MANY_VALUES = new Array(MOST).fill(0);
const LONG_TEXT = 'x'.repeat(MOST);
/** Lists within lists, deeper than any operation takes them. */
export const NESTED: unknown = Array.from({ length: 1000 }).reduce<unknown>((inner) => [inner], 0);

/**
 * The parts of a schema that take a value of any size, each as its path and what it lacks: texts, lists, records and free JSON
 * without a maximum, objects that keep keys they do not name, and schemas that contain themselves.
 *
 * Answers are not walked: what they hold is what Slipway has stored.
 *
 * @param mayNest whether something else bounds how deep the part at this path may contain itself
 */
export function unboundedParts(
  schema: Schema,
  path: string,
  mayNest: (path: string) => boolean = () => false,
  within: readonly Schema[] = [],
): string[] {
  if (within.includes(schema)) return mayNest(path) ? [] : [`${path}: contains itself`];
  const inside = [...within, schema];
  const below = (part: Schema, name: string) => unboundedParts(part, `${path}${name}`, mayNest, inside);
  const def = (schema as z.core.$ZodTypes)._zod.def;
  switch (def.type) {
    case 'string':
      return isBounded(def) ? [] : [`${path}: a text without a maximum`];
    case 'array':
      return [...(isBounded(def) ? [] : [`${path}: a list without a maximum`]), ...below(def.element, '[]')];
    case 'tuple':
      return [
        ...def.items.flatMap((item, index) => below(item, `[${index}]`)),
        ...(def.rest === null ? [] : [`${path}: a list without a maximum`]),
      ];
    case 'record':
      return [
        ...(isEnumerated(def.keyType) || refuses(def, MANY_KEYS)
          ? []
          : [`${path}: a record without a maximum of keys`]),
        ...below(def.keyType, '{key}'),
        ...below(def.valueType, '{}'),
      ];
    case 'object':
      return [
        ...(def.catchall === undefined || def.catchall._zod.def.type === 'never'
          ? []
          : [`${path}: an object that keeps keys it does not name`]),
        ...Object.entries(def.shape).flatMap(([key, part]) => below(part, `.${key}`)),
      ];
    case 'union':
      return def.options.flatMap((option, index) => below(option, `|${index}`));
    case 'intersection':
      return [...below(def.left, '&0'), ...below(def.right, '&1')];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
    case 'readonly':
      return below(def.innerType, '');
    case 'pipe':
      return below(def.in, '');
    case 'lazy':
      return unboundedParts(def.getter(), path, mayNest, inside);
    case 'unknown':
    case 'any':
      return [NESTED, MANY_VALUES, LONG_TEXT].every((value) => refuses(def, value))
        ? []
        : [`${path}: any JSON, without a maximum`];
    case 'number':
    case 'boolean':
    case 'null':
    case 'undefined':
    case 'literal':
    case 'enum':
    case 'never':
      return [];
    default:
      return [`${path}: a schema of type ${def.type}, which this check does not know`];
  }
}

type Checked = { checks?: z.core.$ZodCheck<never>[] | undefined };

function isBounded({ checks = [] }: Checked): boolean {
  return checks.some(({ _zod: { def } }) => def.check === 'max_length' || def.check === 'length_equals');
}

function isEnumerated(key: Schema): boolean {
  const { type } = (key as z.core.$ZodTypes)._zod.def;
  return type === 'enum' || type === 'literal';
}

/** Whether the checks of a record or of free JSON, without those of its values, refuse this one. */
function refuses({ checks = [] }: Checked, value: unknown): boolean {
  return (
    checks.length > 0 &&
    !z
      .unknown()
      .check(...(checks as never[]))
      .safeParse(value).success
  );
}
