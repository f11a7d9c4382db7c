import type { FailureKind } from './failures/catalogue.ts';

/** What each kind of failure is in HTTP, on both planes. */
export const STATUS_OF_KIND: Record<FailureKind, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  missing: 404,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  unprocessable: 422,
  busy: 429,
  internal: 500,
  'not-yet': 501,
  unavailable: 503,
  'storage-full': 507,
};
