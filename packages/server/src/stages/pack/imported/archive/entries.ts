import { fail } from '@slipway/contract';

/** The files of an archive by path; the bytes are unpacked when they are asked for. */
export type Archive = ReadonlyMap<string, () => Uint8Array>;

/** Entries of one archive; an MLflow model has a dozen. */
export const MOST_ENTRIES = 10_000;

export type ArchiveAsk = { file: string; bytes: Uint8Array; maxBytes: number };

/** The path of an entry, as it may be looked up. Throws `model.refused` for one that leads out of the archive. */
export function safePath(file: string, name: string): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  const isOutside = name.startsWith('/') || parts.includes('..') || /[\\\0]|^[A-Za-z]:/.test(name);
  if (isOutside) {
    const shown = JSON.stringify(name.slice(0, 100));
    throw fail('model.refused', { file, reason: `it names a file outside itself: ${shown}` });
  }
  return parts.join('/');
}
