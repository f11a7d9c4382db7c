import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail } from '@slipway/contract';

/** Before any work is done for it. Throws `folder.missing`. */
export async function validateOutputPath(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw fail('folder.missing', { folder, file: path });
}

/**
 * Writes a file that is there whole or not at all. A file of that name is replaced where a link to it leads, and its mode
 * stays; a device or a pipe, such as /dev/stdout, is written to.
 */
export async function saveStream(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal ? { signal } : {};
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isFile())
    return pipeline(Readable.from(chunks), createWriteStream(path), options);
  const target = existing === undefined ? path : await realpath(path);
  const part = `${target}.part-${randomUUID()}`;
  const file = await open(part, 'wx', existing === undefined ? 0o666 : 0o600);
  try {
    await pipeline(Readable.from(chunks), file.createWriteStream(), options);
    if (existing !== undefined) await chmod(part, existing.mode & 0o777);
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}
