import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { fail } from '@slipway/contract';
import type { Client } from '@slipway/sdk';

/** Throws `file.not-found`, `file.empty`. */
export async function refuseUnreadable(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) throw fail('file.not-found', { file: path });
  if (found.size === 0) throw fail('file.empty', { file: basename(path) });
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

/** Sends a local file to the platform. Throws `file.not-found`, `file.empty`. */
export async function uploadFile(client: Client, path: string, signal?: AbortSignal): Promise<string> {
  await refuseUnreadable(path);
  const filename = basename(path);
  const body = Readable.toWeb(createReadStream(path)) as unknown as AsyncIterable<Uint8Array>;
  const { id } = await client.call['uploads.create']({ query: { filename }, body }, signal && { signal });
  return id;
}
