/** What sort of failure it is. Edges map kinds to HTTP status, CLI exit code and console message. */
export type FailureKind =
  | 'invalid' // the request is malformed: 400
  | 'unauthenticated' // no valid credential: 401
  | 'forbidden' // the credential lacks the permission: 403
  | 'missing' // no such thing: 404
  | 'conflict' // the state does not allow it: 409
  | 'too-large' // over a stated limit: 413
  | 'unsupported' // a format or option we do not take: 415
  | 'unprocessable' // well-formed, but the data cannot be used: 422
  | 'busy' // try again later: 429
  | 'internal' // our fault: 500
  | 'not-yet' // named in the contract, not built yet: 501
  | 'unavailable' // a part is down or full: 503
  | 'storage-full'; // no room left on the disk: 507

export type FailureEntry = { readonly kind: FailureKind; readonly says: string; readonly hint: string };

/** Keeps literal keys while checking every entry's shape. */
export function catalogue<const T extends Record<string, FailureEntry>>(entries: T): T {
  return entries;
}
