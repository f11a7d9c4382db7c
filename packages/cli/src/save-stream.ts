import { createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fail } from '@slipway/contract';

/** Before any work is done for it. Throws `folder.missing`. */
export async function refuseNowhere(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw fail('folder.missing', { folder, file: path });
}

/** Writes a file that is there whole or not at all. */
export async function saveStream(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const part = `${path}.part-${process.pid}`;
  try {
    await pipeline(Readable.from(chunks), createWriteStream(part), signal ? { signal } : {});
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
