import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fail, isFailure } from '@slipway/contract';
import { type Client, createClient } from '@slipway/sdk';
import type { CommonOptions } from './options.ts';
import { fetchStreaming } from './stream-transport.ts';

/** Where a running platform answers, as it left word in its data folder. */
export type ServerFile = { url: string; publicUrl?: string; inferenceUrl: string; pid: number };

/** A client of the platform at --server, or of the one that runs on the data folder. Throws `server.unreachable`. */
export async function connect(options: CommonOptions): Promise<Client> {
  const found = await findServer(options);
  if (found === undefined) throw fail('server.unreachable', { url: `data folder ${resolve(options.data)}` });
  return clientOf(found, await tokenFor(options));
}

/** A client that sends large bodies without holding them in memory. */
export function clientOf(server: string, token: string | undefined): Client {
  return createClient({ server, token, fetch: fetchStreaming });
}

/** Address of the platform to use, or undefined when none answers. An address that was given must answer. */
export async function findServer(options: CommonOptions): Promise<string | undefined> {
  if (options.server !== undefined) {
    if (await answers(options.server)) return options.server;
    throw fail('server.unreachable', { url: options.server });
  }
  const file = await readServerFile(options.data);
  return file !== undefined && (await answers(file.url)) ? file.url : undefined;
}

/** Undefined also when the file is torn, as a power cut may leave it. */
export async function readServerFile(folder: string): Promise<ServerFile | undefined> {
  const text = await readFile(join(folder, 'server.json'), 'utf8').catch(() => '');
  try {
    return JSON.parse(text) as ServerFile;
  } catch {
    return undefined;
  }
}

/** The key given, or the owner's key out of the data folder: for that folder's own server, and for no other. */
export async function tokenFor(options: CommonOptions): Promise<string | undefined> {
  if (options.token !== undefined) return options.token;
  if (options.server !== undefined && !(await isServerOf(options.data, options.server))) return undefined;
  const text = await readFile(join(options.data, 'owner.key'), 'utf8').catch(() => undefined);
  return text?.trim();
}

async function isServerOf(folder: string, server: string): Promise<boolean> {
  const file = await readServerFile(folder);
  if (file === undefined) return false;
  return [file.url, file.publicUrl ?? file.url].map(originOf).includes(originOf(server));
}

/** The names of this machine are one. */
function originOf(url: string): string {
  return new URL(url).origin.replace(/\/\/(localhost|127\.0\.0\.1|\[::1\])(?=:|$)/, '//loopback');
}

async function answers(server: string): Promise<boolean> {
  const client = createClient({ server });
  return client.call['system.health']({}, { signal: AbortSignal.timeout(5000) }).then(
    ({ product }) => product === 'slipway',
    (failure: unknown) => {
      if (isFailure(failure, 'server.untrusted')) throw failure;
      return false;
    },
  );
}
