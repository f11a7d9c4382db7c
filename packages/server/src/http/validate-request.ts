import { type FailureCode, fail, isStream, type Operation, type SlipwayError } from '@slipway/contract';
import type { z } from 'zod';
import { fieldPath } from './field-path.ts';
import { refuseOversized } from './refuse-oversized.ts';
import { refuseUnkeepable } from './refuse-unkeepable.ts';

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
    params: parsePart(operation.params, raw.params),
    query: parsePart(operation.query, raw.query),
    body:
      operation.body === undefined || isStream(operation.body)
        ? raw.body
        : parsePart(operation.body, raw.body ?? {}, operation.badBody),
  };
}

function parsePart(
  schema: z.ZodType | undefined,
  value: unknown,
  code: FailureCode = 'request.invalid',
): unknown {
  if (schema === undefined) return undefined;
  refuseUnkeepable(value);
  refuseOversized(schema, value, code);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw failureOf(result.error, code);
}

/**
 * The failure of a value that does not fit its schema, by the first issue.
 *
 * @param slice of which list only the entries from one on were validated
 */
export function failureOf(
  error: z.ZodError,
  code: FailureCode,
  slice?: { key: string; from: number },
): SlipwayError {
  const issue = innermost(error.issues[0]!);
  const [first, second, ...rest] = issue.path;
  const isInSlice = slice !== undefined && first === slice.key && typeof second === 'number';
  const path = shortened(fieldPath(isInSlice ? [first, slice.from + second, ...rest] : issue.path));
  const message = shortened(lowerFirst(issue.message));
  return fail(code, { reason: `${path === '' ? '' : `${path}: `}${message}` }, { path });
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

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** How much of a request its refusal repeats. */
const LONGEST_REPEATED = 1000;

function shortened(text: string): string {
  return text.length <= LONGEST_REPEATED ? text : `${text.slice(0, LONGEST_REPEATED)}…`;
}
