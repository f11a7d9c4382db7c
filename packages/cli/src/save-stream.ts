import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

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
