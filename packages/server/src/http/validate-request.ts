import { fail, isStream, type Operation } from '@slipway/contract';
import type { z } from 'zod';

export type RawRequest = { params: unknown; query: unknown; body: unknown };

/** Parses the parts of a request by the operation's schemas. Throws `request.invalid` with the path of the field. */
export function validateRequest(
  operation: Operation,
  raw: RawRequest,
): { params: unknown; query: unknown; body: unknown } {
  return {
    params: parsePart('', operation.params, raw.params),
    query: parsePart('', operation.query, raw.query),
    body:
      operation.body === undefined || isStream(operation.body)
        ? raw.body
        : parsePart('', operation.body, raw.body ?? {}),
  };
}

function parsePart(place: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = fieldPath(place, issue.path);
  throw fail(
    'request.invalid',
    { reason: `${path === '' ? '' : `${path}: `}${lowerFirst(issue.message)}` },
    { path },
  );
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
