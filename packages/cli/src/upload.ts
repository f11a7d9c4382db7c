import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import type { Progress } from './progress-reporter.ts';
import type { StreamBody } from './stream-transport.ts';

const CHUNK_BYTES = 256 * 1024;

/** Throws `file.not-found`, `file.empty`. */
export async function refuseUnreadable(path: string): Promise<void> {
  await sizeOf(path);
}

/** Sends bytes to the platform as a file of that name. */
export async function uploadBytes(
  client: Client,
  filename: string,
  body: AsyncIterable<Uint8Array>,
): Promise<string> {
  const { id } = await client.call['uploads.create']({ query: { filename }, body });
  return id;
}

/**
 * Sends a local file to the platform, chunk by chunk as the server takes it. Throws `file.not-found`, `file.empty`,
 * `file.read-failed`.
 */
export async function uploadFile(
  client: Client,
  path: string,
  options: { progress?: Progress; signal?: AbortSignal } = {},
): Promise<string> {
  const { progress, signal } = options;
  const totalBytes = await sizeOf(path);
  const sent = (bytes: number) => progress?.update({ phase: 'upload', bytes, totalBytes });
  const body: StreamBody = {
    bytes: totalBytes,
    [Symbol.asyncIterator]: () => contentOf(path, totalBytes, sent),
  };
  const filename = basename(path);
  const { id } = await client.call['uploads.create']({ query: { filename }, body }, signal && { signal });
  return id;
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) throw fail('file.not-found', { file: path });
  if (found.size === 0) throw fail('file.empty', { file: basename(path) });
  return found.size;
}

/** The first `totalBytes` of a file; `taken` is told how many were asked for so far. Throws `file.read-failed`. */
async function* contentOf(
  path: string,
  totalBytes: number,
  taken: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  taken(bytes);
  const chunks = createReadStream(path, { highWaterMark: CHUNK_BYTES, end: totalBytes - 1 });
  try {
    for await (const chunk of chunks as AsyncIterable<Uint8Array>) {
      yield chunk;
      bytes += chunk.byteLength;
      taken(bytes);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fail('file.read-failed', { file: path, reason }, { cause });
  }
  if (bytes === totalBytes) return;
  throw fail('file.read-failed', { file: path, reason: 'it became shorter while it was uploaded' });
}
