import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail } from '@slipway/contract';
import type { CommonOptions } from './options.ts';

const ROOT = 0;
const WRITTEN_BY_OTHERS = 0o022;

/**
 * Refuses to read addresses and keys out of a data folder that another user controls: that user's server would get our files.
 * Throws `storage.foreign-owner` and `storage.open-to-others`, as the server does at its start.
 */
export async function refuseForeignFolder({ data, allowForeignFiles }: CommonOptions): Promise<void> {
  const user = process.getuid?.();
  if (user === undefined || allowForeignFiles) return;
  const found = await stat(data).catch(() => undefined);
  if (found === undefined) return;
  const folder = resolve(data);
  const { uid: owner, mode } = found;
  if (owner !== user && owner !== ROOT) throw fail('storage.foreign-owner', { folder, owner, user });
  if (owner !== user && (mode & WRITTEN_BY_OTHERS) !== 0)
    throw fail('storage.open-to-others', { folder, mode: (mode & 0o7777).toString(8) });
}
