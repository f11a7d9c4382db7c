import { fail } from '@slipway/contract';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** A full disk as `storage.full`; everything else as it is. */
export function diskFailure(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return FULL.has(code) ? fail('storage.full', {}, { cause: error }) : error;
}

/** The same object with every method's disk errors translated. */
export function translatingDiskErrors<T extends object>(store: T): T {
  const entries = Object.entries(store).map(([name, method]: [string, unknown]) => {
    const call = method as (...parameters: unknown[]) => Promise<unknown>;
    const wrapped = async (...parameters: unknown[]) => {
      try {
        return await call(...parameters);
      } catch (error) {
        throw diskFailure(error);
      }
    };
    return [name, wrapped];
  });
  return Object.fromEntries(entries) as T;
}
