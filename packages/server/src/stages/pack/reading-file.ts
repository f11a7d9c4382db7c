import { fail, isFailure } from '@slipway/contract';

/**
 * What `read` makes of a file of a bundle. Its parts are used as the program that wrote them knows them: throws `bundle.invalid` where
 * they are others.
 */
export function readingFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (isFailure(cause)) throw cause;
    throw fail('bundle.invalid', { reason: `${file} is not as it was written` }, { cause });
  }
}
