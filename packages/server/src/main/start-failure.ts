import { fail, isFailure, type SlipwayError } from '@slipway/contract';

const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS']);
const FULL = new Set(['ENOSPC', 'EDQUOT']);
const TOO_FEW_FILES = new Set(['EMFILE', 'ENFILE']);

/** What kept the server from starting, in words for the operator; never a stack. */
export function startFailure(error: unknown): SlipwayError {
  if (isFailure(error)) return error;
  const { code, path, message } = rootOf(error);
  if (UNWRITABLE.has(code))
    return fail('storage.unwritable', { folder: path, reason: message }, { cause: error });
  if (FULL.has(code)) return fail('storage.full', {}, { cause: error });
  if (TOO_FEW_FILES.has(code)) return fail('start.too-few-files', {}, { cause: error });
  return fail('start.failed', { reason: message.split('\n', 1)[0]! }, { cause: error });
}

function rootOf(error: unknown): { code: string; path: string; message: string } {
  if (!(error instanceof Error)) return { code: '', path: '', message: String(error) };
  const { code, path, message, cause } = error as NodeJS.ErrnoException;
  if (typeof code === 'string' && code.startsWith('E')) return { code, path: path ?? '', message };
  return cause instanceof Error ? rootOf(cause) : { code: '', path: '', message };
}
