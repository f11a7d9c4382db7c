import { type FailureCode, fail, ownValue } from '@slipway/contract';
import type { z } from 'zod';
import { fieldPath } from './field-path.ts';

type Schema = z.core.$ZodType;

/** What is beyond a maximum: where, from the inside out while it is looked for, and why. */
type Oversized = { path: PropertyKey[]; reason: string };
/** Whether a value is of the kind that a schema takes, and within its maximum. */
type Size = 'fits' | 'other-kind' | Oversized;

/**
 * Refuses lists and texts beyond the maximum of their schema before the schema looks at what they hold: zod validates every entry
 * of a list, and makes an issue of each that does not fit, before it counts them.
 */
export function refuseOversized(schema: Schema, value: unknown, code: FailureCode): void {
  const size = sizeOf(schema, value);
  if (typeof size === 'string') return;
  const path = fieldPath(size.path.toReversed());
  throw fail(code, { reason: `${path === '' ? '' : `${path}: `}${size.reason}` }, { path });
}

function sizeOf(schema: Schema, value: unknown): Size {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return typeof value === 'string' ? lengthOf(def, value.length, 'characters') : 'other-kind';
    case 'array':
      return Array.isArray(value) ? sizeOfList(def, value) : 'other-kind';
    case 'object':
      return isRecord(value) ? sizeOfObject(value, (key) => ownValue(def.shape, key)) : 'other-kind';
    case 'record':
      return isRecord(value) ? sizeOfObject(value, () => def.valueType) : 'other-kind';
    case 'union':
      return sizeOfUnion(def.options, value);
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return sizeOf(def.innerType, value);
    case 'pipe':
      return sizeOf(def.in, value);
    case 'lazy':
      return sizeOf(def.getter(), value);
    case 'unknown':
      return 'fits';
    default:
      // Numbers, flags, words of a list: what they refuse they refuse at once.
      return typeof value === 'object' || typeof value === 'string' ? 'other-kind' : 'fits';
  }
}

function sizeOfList(def: z.core.$ZodArrayDef, list: readonly unknown[]): Size {
  const size = lengthOf(def, list.length, 'entries');
  if (size !== 'fits') return size;
  for (let index = 0; index < list.length; index++) {
    const inside = sizeOf(def.element, list[index]);
    if (typeof inside === 'object') return within(inside, index);
  }
  return 'fits';
}

function sizeOfObject(value: object, partOf: (key: string) => Schema | undefined): Size {
  for (const [key, item] of Object.entries(value)) {
    const part = partOf(key);
    const inside = part === undefined ? 'fits' : sizeOf(part, item);
    if (typeof inside === 'object') return within(inside, key);
  }
  return 'fits';
}

/** Beyond a maximum is what some option is too small for, and none takes. */
function sizeOfUnion(options: readonly Schema[], value: unknown): Size {
  let size: Size = 'other-kind';
  for (const option of options) {
    const own = sizeOf(option, value);
    if (own === 'fits') return own;
    if (size === 'other-kind') size = own;
  }
  return size;
}

function within(size: Oversized, key: PropertyKey): Oversized {
  size.path.push(key);
  return size;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Checked = { checks?: readonly z.core.$ZodCheck<never>[] | undefined };

function lengthOf(checked: Checked, length: number, what: string): Size {
  for (const { _zod } of checked.checks ?? []) {
    const most = mostOf(_zod.def);
    if (length > most) return { path: [], reason: `it has ${length} ${what}; at most ${most} are taken` };
  }
  return 'fits';
}

function mostOf(def: z.core.$ZodCheckDef): number {
  if (def.check === 'max_length') return (def as z.core.$ZodCheckMaxLengthDef).maximum;
  return def.check === 'length_equals'
    ? (def as z.core.$ZodCheckLengthEqualsDef).length
    : Number.POSITIVE_INFINITY;
}
