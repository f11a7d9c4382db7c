import { type FailureCode, fail, isStream, type Operation } from '@slipway/contract';
import type { z } from 'zod';

export type RawRequest = { params: unknown; query: unknown; body: unknown };

/**
 * Parses the parts of a request by the operation's schemas. Throws `request.invalid`, or what the operation says of its
 * body, with the path of the field.
 */
export function validateRequest(
  operation: Operation,
  raw: RawRequest,
): { params: unknown; query: unknown; body: unknown } {
  operation.refuseBody?.(raw.body ?? {});
  return {
    params: parsePart('', operation.params, raw.params),
    query: parsePart('', operation.query, raw.query),
    body:
      operation.body === undefined || isStream(operation.body)
        ? raw.body
        : parsePart('', operation.body, raw.body ?? {}, operation.badBody),
  };
}

function parsePart(
  place: string,
  schema: z.ZodType | undefined,
  value: unknown,
  code: FailureCode = 'request.invalid',
): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) {
    refuseUnkeepable(result.data);
    return result.data;
  }
  const issue = innermost(result.error.issues[0]!);
  const path = fieldPath(place, issue.path);
  throw fail(code, { reason: `${path === '' ? '' : `${path}: `}${lowerFirst(issue.message)}` }, { path });
}

type Issue = z.core.$ZodIssue;

/** Of a union that nothing fits: the issue within the member that was meant, when one of them says where in its fields. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const inside = issue.errors.flatMap(([first]) => {
    if (first === undefined || first.path.length < 2) return [];
    return [innermost({ ...first, path: [...issue.path, ...first.path] })];
  });
  return inside.length === 1 ? inside[0]! : issue;
}

const UNKEEPABLE = /\0|\p{Surrogate}/u;

/** No store keeps a NUL or half a character: U+0000 and lone surrogates are refused wherever they are. */
function refuseUnkeepable(value: unknown, path: readonly PropertyKey[] = []): void {
  if (typeof value === 'string' && UNKEEPABLE.test(value)) {
    const reason = `${fieldPath('', path)}: text may not hold U+0000 or half a surrogate pair`;
    throw fail('request.invalid', { reason }, { path: fieldPath('', path) });
  }
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) refuseUnkeepable(item, [...path, index]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, item] of Object.entries(value)) refuseUnkeepable(item, [...path, key]);
}

/** `rows[3].age` from ['rows', 3, 'age']. */
function fieldPath(place: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, part) => {
    if (typeof part === 'number') return `${whole}[${part}]`;
    return whole === '' ? String(part) : `${whole}.${String(part)}`;
  }, place);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
