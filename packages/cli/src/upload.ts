import { createReadStream, type Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fail } from '@slipway/contract';
import type { Client } from '@slipway/sdk';
import { say } from './output.ts';
import type { Progress } from './progress-reporter.ts';
import type { StreamBody } from './stream-transport.ts';

const CHUNK_BYTES = 256 * 1024;

/** How standard input is named on the command line, and the name that content without a file has. */
export const STANDARD_INPUT = '-';
const STREAM_NAME = 'stdin';

export type UploadOptions = {
  progress?: Progress;
  signal?: AbortSignal;
  /** Of content without a file, as `--format` says: the ending that its name gets. */
  format?: string | undefined;
};

/**
 * Checks what can be checked before anything is started: a file must be there, be readable and have content. Pipes are left
 * unread. Throws `file.not-found`, `file.is-folder`, `file.empty`, `file.read-failed`.
 */
export async function refuseUnreadable(path: string): Promise<void> {
  await sourceAt(path);
}

/** The name of the file, by which a dataset is named; of standard input and pipes `stdin`. Throws as {@link refuseUnreadable} does. */
export async function nameOfSource(path: string): Promise<string> {
  return (await sourceAt(path)).name;
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
 * Sends a local file, standard input (`-`) or a pipe to the platform, chunk by chunk as the server takes it. Throws as
 * {@link refuseUnreadable} does.
 */
export async function uploadFile(
  client: Client,
  path: string,
  { progress, signal, format }: UploadOptions = {},
): Promise<string> {
  const { name, bytes: totalBytes } = await sourceAt(path);
  const sent = (bytes: number) => progress?.update({ phase: 'upload', bytes, totalBytes });
  if (path === STANDARD_INPUT && process.stdin.isTTY)
    say('The table is read from the terminal; Ctrl-D on an empty line ends it.');
  const body: StreamBody = {
    ...(totalBytes !== undefined && { bytes: totalBytes }),
    [Symbol.asyncIterator]: () => contentOf(path, totalBytes, sent),
  };
  const isStream = totalBytes === undefined;
  const filename = isStream && format !== undefined ? `${name}.${format}` : name;
  const { id } = await client.call['uploads.create']({ query: { filename }, body }, signal && { signal });
  return id;
}

/** `bytes` is the length where it is known: of files, not of streams. */
async function sourceAt(path: string): Promise<{ name: string; bytes: number | undefined }> {
  if (path === STANDARD_INPUT) return { name: STREAM_NAME, bytes: undefined };
  const found = await statOf(path);
  if (found.isDirectory()) throw fail('file.is-folder', { file: path });
  await access(path, constants.R_OK).catch(unreadable(path));
  if (found.isFile()) {
    if (found.size === 0) throw fail('file.empty', { file: basename(path) });
    return { name: basename(path), bytes: found.size };
  }
  if (found.isBlockDevice()) throw fail('file.not-found', { file: path });
  return { name: STREAM_NAME, bytes: undefined }; // of /dev/null the reading finds that it is empty
}

function statOf(path: string): Promise<Stats> {
  return stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw fail('file.not-found', { file: path });
    return unreadable(path)(error);
  });
}

function unreadable(path: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    const isDenied = error.code === 'EACCES' || error.code === 'EPERM';
    const reason = isDenied ? `this user may not read it (${error.code})` : error.message;
    throw fail('file.read-failed', { file: path, reason }, { cause: error });
  };
}

/**
 * The content, of a file its first `totalBytes`; `taken` is told how many were asked for so far. Throws `file.read-failed`,
 * and `file.empty` for a stream without any.
 */
async function* contentOf(
  path: string,
  totalBytes: number | undefined,
  taken: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  taken(bytes);
  try {
    for await (const chunk of chunksOf(path, totalBytes)) {
      yield chunk;
      bytes += chunk.byteLength;
      taken(bytes);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fail('file.read-failed', { file: path, reason }, { cause });
  }
  if (totalBytes === undefined && bytes === 0) throw fail('file.empty', { file: path });
  if (totalBytes === undefined || bytes === totalBytes) return;
  throw fail('file.read-failed', { file: path, reason: 'it became shorter while it was uploaded' });
}

function chunksOf(path: string, totalBytes: number | undefined): AsyncIterable<Uint8Array> {
  if (path === STANDARD_INPUT) return process.stdin;
  const end = totalBytes === undefined ? Number.POSITIVE_INFINITY : totalBytes - 1;
  return createReadStream(path, { highWaterMark: CHUNK_BYTES, end });
}
