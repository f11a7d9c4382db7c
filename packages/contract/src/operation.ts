import type { z } from 'zod';
import type { FailureCode } from './failure-catalogue.ts';
import type { Permission } from './permissions.ts';
import type { Stage } from './stages.ts';

/** Where an operation belongs: a stage of the lifecycle or one of the modules that support all stages. */
export type Module = Stage | 'metadata' | 'access' | 'execution' | 'metering' | 'system';

/** What a request body or an answer is, when it is not JSON. */
export type StreamOf = { readonly stream: string };

/**
 * One thing that may be asked of Slipway. Routes, validation, OpenAPI, the SDK, the permission matrix and the
 * reference docs are all made from the list of these.
 */
export type Operation = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path template under the control plane, parameters in braces: `/api/v1/datasets/{name}`. */
  path: string;
  module: Module;
  /** Deny by default: an operation without a permission does not compile; the public ones say so. */
  permission: Permission | 'public';
  /** One sentence, imperative. */
  summary: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType | StreamOf;
  /** Refuses, by throwing, what a caller may well ask for and there is none of, before the body is checked by its schema. */
  refuseBody?: (body: unknown) => void;
  /** What a body that does not fit is answered with, its details `{ reason }`; `request.invalid` when left out. */
  badBody?: FailureCode;
  answer: z.ZodType | StreamOf;
  /** Failures beyond those that any operation may have (bad request, unauthenticated, forbidden, internal). */
  failures: readonly FailureCode[];
  /** Example body (or query) that works on a fresh platform once the things it names exist. */
  example?: unknown;
};

export function isStream(part: Operation['body'] | Operation['answer']): part is StreamOf {
  return part !== undefined && 'stream' in part && typeof part.stream === 'string';
}
