import { FAILURES, type FailureCode } from './failure-catalogue.ts';
import type { FailureKind } from './failures/catalogue.ts';
import { ownValue } from './own-value.ts';

export type FailureDetails = Record<string, string | number | boolean | null | readonly string[]>;

/** The one error class. Recognise it by `code` with {@link isFailure}, never by `instanceof`: it crosses processes. */
export class SlipwayError extends Error {
  readonly code: FailureCode;
  readonly kind: FailureKind;
  readonly hint: string;
  readonly details: FailureDetails;
  /** The offending field as a JSON path (`rows[3].age`), when there is one. */
  readonly path: string | undefined;

  constructor(code: FailureCode, details: FailureDetails, options: { path?: string; cause?: unknown }) {
    const entry = FAILURES[code];
    super(fill(entry.says, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SlipwayError';
    this.code = code;
    this.kind = entry.kind;
    this.hint = fill(entry.hint, details);
    this.details = details;
    this.path = options.path;
  }
}

/**
 * Makes the failure `code` of the catalogue, ready to throw.
 *
 * @example throw fail('dataset.missing', { name }, { path: 'dataset' });
 */
export function fail(
  code: FailureCode,
  details: FailureDetails = {},
  options: { path?: string; cause?: unknown } = {},
): SlipwayError {
  return new SlipwayError(code, details, options);
}

/** Whether `error` is a catalogued failure, of `code` if one is given. Works across processes and realms. */
export function isFailure(error: unknown, code?: FailureCode): error is SlipwayError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return (
    Object.hasOwn(FAILURES, error.code) && 'kind' in error && (code === undefined || error.code === code)
  );
}

/** The plain-data form of a failure, for IPC, problem+json and stored job results. */
export type FailureData = {
  code: FailureCode;
  message: string;
  hint: string;
  details: FailureDetails;
  path?: string;
};

export function failureData(error: SlipwayError): FailureData {
  const { code, message, hint, details, path } = error;
  return path === undefined ? { code, message, hint, details } : { code, message, hint, details, path };
}

/**
 * The failure again, as it was told elsewhere. A code that this catalogue does not have (told by a newer Slipway)
 * becomes `internal` with the words it came with.
 */
export function failureFrom(data: FailureData): SlipwayError {
  const known = Object.hasOwn(FAILURES, data.code);
  const failure = fail(
    known ? data.code : 'internal',
    data.details,
    data.path === undefined ? {} : { path: data.path },
  );
  Object.defineProperty(failure, 'message', { value: data.message });
  Object.defineProperty(failure, 'hint', { value: data.hint });
  return failure;
}

function fill(template: string, details: FailureDetails): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => {
    const value = ownValue(details, key);
    if (value === undefined) return whole;
    return Array.isArray(value) ? value.join(', ') : String(value);
  });
}
