import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isStream, type Operation } from '../operation.ts';
import { NESTED, unboundedParts } from '../testing/unbounded-parts.ts';
import { OPERATIONS } from './index.ts';

it.each(Object.entries<Operation>(OPERATIONS))('%s takes nothing without a maximum', (_id, operation) => {
  const { params, query, body } = operation;
  const parts = { params, query, body: body !== undefined && isStream(body) ? undefined : body };
  const unbounded = Object.entries(parts).flatMap(([name, schema]) =>
    schema === undefined ? [] : unboundedParts(schema, name, (path) => refusesNested(operation, path)),
  );
  expect(unbounded.join('\n')).toBe('');
});

/** Whether the operation refuses deep values in the field of its body below which the path is, before the schema sees them. */
function refusesNested({ refuseBody }: Operation, path: string): boolean {
  const field = path.match(/^body\.(\w+)/)?.[1];
  if (refuseBody === undefined || field === undefined) return false;
  try {
    refuseBody({ [field]: NESTED });
    return false;
  } catch {
    return true;
  }
}

describe('what has no maximum is found', () => {
  const list: z.ZodType = z.lazy(() => z.array(list).max(2));
  it.each<[string, z.ZodType, string]>([
    ['a text', z.object({ a: z.string().min(1).optional() }), 'in.a: a text without a maximum'],
    ['a text with a form', z.object({ a: z.iso.datetime() }), 'in.a: a text without a maximum'],
    ['a list', z.array(z.int()).nullable(), 'in: a list without a maximum'],
    ['the rest of a tuple', z.tuple([z.int()], z.int()), 'in: a list without a maximum'],
    ['a text in a list', z.array(z.string()).max(3), 'in[]: a text without a maximum'],
    [
      'a text in a union',
      z.union([z.int(), z.object({ a: z.string() })]).default(1),
      'in|1.a: a text without a maximum',
    ],
    [
      'a record',
      z.record(z.string().max(1), z.int()).refine(() => true),
      'in: a record without a maximum of keys',
    ],
    [
      'an object that keeps what it does not name',
      z.looseObject({}),
      'in: an object that keeps keys it does not name',
    ],
    ['free JSON', z.object({ a: z.unknown() }), 'in.a: any JSON, without a maximum'],
    ['a schema that contains itself', list, 'in[]: contains itself'],
    ['a text behind a transformation', z.string().transform(Number), 'in: a text without a maximum'],
    [
      'a schema of an unknown kind',
      z.set(z.int()),
      'in: a schema of type set, which this check does not know',
    ],
  ])('%s', (_what, schema, found) => {
    expect(unboundedParts(schema, 'in')).toEqual([found]);
  });
});
