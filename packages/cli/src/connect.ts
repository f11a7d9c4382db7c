import { join, resolve } from 'node:path';
import { fail, isFailure } from '@slipway/contract';
import { type Client, createClient } from '@slipway/sdk';
import type { CommonOptions } from './options.ts';
import { isProven, provenFetch, type ServerFile } from './proven-transport.ts';
import { readFileUpTo } from './read-file-up-to.ts';
import { refuseForeignFolder } from './refuse-foreign-folder.ts';
import { fetchStreaming } from './stream-transport.ts';
import { tellVersionSkew } from './tell-version-skew.ts';

/**
 * A client of the platform at --server, or of the one that runs on the data folder. Throws `server.unreachable`, and
 * `server.unproven` when another program answers where the one of the data folder did.
 */
export async function connect(options: CommonOptions): Promise<Client> {
  last = await connected(options);
  return last;
}

let last: Client | undefined;

/** The client that this command has connected last; undefined before. */
export function lastClient(): Client | undefined {
  return last;
}

async function connected(options: CommonOptions): Promise<Client> {
  const { data, server, token } = options;
  if (server !== undefined) {
    await refuseWithoutSlipway(server);
    const own = token === undefined ? await serverAt(options, server) : undefined;
    return own === undefined ? clientOf(server, token) : provenClient(options, own);
  }
  await refuseForeignFolder(options);
  const file = await readServerFile(data);
  if (file === undefined || !(await isProven(data, file)))
    throw fail('server.unreachable', { url: `data folder ${resolve(data)}` });
  return provenClient(options, file);
}

/** A client that sends large bodies without holding them in memory. */
function clientOf(server: string, token: string | undefined): Client {
  return createClient({ server, token, fetch: fetchStreaming, onServerVersion: tellVersionSkew });
}

/** The key given, or the owner's key, goes to the server of the data folder and to no other program. */
async function provenClient(options: CommonOptions, file: ServerFile): Promise<Client> {
  const token = options.token ?? (await readOwnerKey(options.data));
  const fetch = provenFetch(options.data, file);
  return createClient({ server: file.url, token, fetch, onServerVersion: tellVersionSkew });
}

/** Address of the platform to use, or undefined when none answers. An address that was given must answer. */
export async function findServer(options: CommonOptions): Promise<string | undefined> {
  if (options.server !== undefined) {
    await refuseWithoutSlipway(options.server);
    return options.server;
  }
  await refuseForeignFolder(options);
  const file = await readServerFile(options.data);
  return file !== undefined && (await isProven(options.data, file).catch(() => false)) ? file.url : undefined;
}

/** Files of one line. */
const LARGEST_BYTES = 64 * 1024;

/** Undefined also when the file is torn, as a power cut may leave it. */
export async function readServerFile(folder: string): Promise<ServerFile | undefined> {
  const text = await readFileUpTo(join(folder, 'server.json'), LARGEST_BYTES).catch(() => '');
  try {
    const file = JSON.parse(text) as ServerFile;
    return URL.canParse(file.url) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The key given, or the owner's key out of the data folder, to be shown to its user: for that folder's own server, and for no other. */
export async function tokenFor(options: CommonOptions): Promise<string | undefined> {
  const { data, server, token } = options;
  if (token !== undefined) return token;
  if (server !== undefined && (await serverAt(options, server)) === undefined) return undefined;
  return readOwnerKey(data);
}

async function readOwnerKey(folder: string): Promise<string | undefined> {
  const text = await readFileUpTo(join(folder, 'owner.key'), LARGEST_BYTES).catch(() => undefined);
  return text?.trim();
}

/** The server of the data folder, if it is the one at that address. */
async function serverAt(options: CommonOptions, server: string): Promise<ServerFile | undefined> {
  const file = await readServerFile(options.data);
  if (file === undefined) return undefined;
  const own = [file.url, file.publicUrl ?? file.url].map(originOf);
  if (!own.includes(originOf(server))) return undefined;
  await refuseForeignFolder(options);
  return file;
}

const HEALTH_TIMEOUT_MS = 5000;

/** The names of this machine are one. */
function originOf(url: string): string {
  return new URL(url).origin.replace(/\/\/(localhost|127\.0\.0\.1|\[::1\])(?=:|$)/, '//loopback');
}

/** Throws `server.unreachable` where nothing answers, `server.strange` where another program does, `server.untrusted`. */
async function refuseWithoutSlipway(server: string): Promise<void> {
  const client = createClient({ server });
  const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
  const { product } = await client.call['system.health']({}, { signal }).catch((failure: unknown) => {
    if (isFailure(failure) && failure.code.startsWith('server.')) throw failure;
    const reason = isFailure(failure)
      ? `it answered ${failure.message}`
      : `it did not answer within ${HEALTH_TIMEOUT_MS / 1000} s`;
    throw fail('server.strange', { url: server, reason }, { cause: failure });
  });
  if (product !== 'slipway')
    throw fail('server.strange', { url: server, reason: 'it does not say that it is Slipway' });
}
