import { type FailureCode, fail, isFailure } from '@slipway/contract';

/** What PostgreSQL's SQLSTATE means to us: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAILURE_OF_STATE = new Map(
  Object.entries<FailureCode>({
    '53100': 'storage.full', // disk_full
    '22021': 'request.invalid', // character_not_in_repertoire: NUL in text
    '22P05': 'request.invalid', // untranslatable_character: \u0000 in JSON
    '22003': 'request.invalid', // numeric_value_out_of_range
    '22P02': 'request.invalid', // invalid_text_representation
    '22007': 'request.invalid', // invalid_datetime_format
    '22008': 'request.invalid', // datetime_field_overflow
    '40P01': 'storage.unavailable', // deadlock_detected
    '53300': 'storage.unavailable', // too_many_connections
    '58030': 'storage.unavailable', // io_error
    '57P01': 'storage.unavailable', // admin_shutdown
    '57P02': 'storage.unavailable', // crash_shutdown
    '57P03': 'storage.unavailable', // cannot_connect_now
  }),
);

const FAILURE_OF_ERRNO = new Map(
  Object.entries<FailureCode>({
    ENOSPC: 'storage.full',
    EDQUOT: 'storage.full',
    ECONNREFUSED: 'storage.unavailable',
    ECONNRESET: 'storage.unavailable',
    ETIMEDOUT: 'storage.unavailable',
    ENOTFOUND: 'storage.unavailable',
    EPIPE: 'storage.unavailable',
  }),
);

/**
 * The catalogued failure behind a driver's error, or the driver's error itself. Drizzle's wrapper is taken off: its
 * message holds the parameters, which may be secrets.
 */
export function translated(error: unknown): unknown {
  if (isFailure(error)) return error;
  const cause = rootOf(error);
  const code = codeOf(cause);
  const failure = FAILURE_OF_STATE.get(code) ?? FAILURE_OF_ERRNO.get(code) ?? byMessage(cause);
  return failure ? fail(failure, { reason: cause.message }, { cause }) : cause;
}

function rootOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return error.name === 'DrizzleQueryError' || error.message.startsWith('Failed query:')
    ? rootOf(error.cause ?? new Error('a query failed'))
    : error;
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return '';
}

function byMessage({ message }: Error): FailureCode | undefined {
  if (/no space left on device/i.test(message)) return 'storage.full';
  if (
    /connection terminated|connection error and is not queryable|timeout exceeded when trying to connect/i.test(
      message,
    )
  )
    return 'storage.unavailable';
  return undefined;
}

/** The same object with every method's failures translated, also those of what it reads part by part. */
export function translating<T extends object>(store: T): T {
  const entries = Object.entries(store).map(([name, member]) => {
    if (typeof member !== 'function') return [name, member];
    const method = member as (...parameters: unknown[]) => Promise<unknown> | AsyncIterable<unknown>;
    const wrapped = (...parameters: unknown[]) => {
      const given = method(...parameters);
      return Symbol.asyncIterator in given ? translatedParts(given) : given.catch(throwTranslated);
    };
    return [name, wrapped];
  });
  return Object.fromEntries(entries) as T;
}

async function* translatedParts(parts: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  try {
    yield* parts;
  } catch (error) {
    throwTranslated(error);
  }
}

function throwTranslated(error: unknown): never {
  throw translated(error);
}
