import { fail } from '@slipway/contract';

/** Translates what the file system says about a bundle's folder. */
export function bundleFailure(cause: unknown): Error {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return fail('storage.full', {}, { cause });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return fail('bundle.invalid', { reason: 'it is not there' }, { cause });
  if (code === 'EISDIR') return fail('bundle.invalid', { reason: 'it holds a folder' }, { cause });
  return cause instanceof Error ? cause : new Error(String(cause));
}
