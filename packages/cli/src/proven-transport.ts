import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Agent, get, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fail, proofMessage, type SlipwayError } from '@slipway/contract';
import { readFileUpTo } from './read-file-up-to.ts';
import { isStreamBody, type StreamBody, sendStream } from './stream-transport.ts';

/** Where a running platform answers, as it left word in its data folder. */
export type ServerFile = {
  url: string;
  publicUrl?: string;
  inferenceUrl: string;
  pid: number;
  /** The command that started it ends it. */
  temporary?: boolean;
};

const PROOF_TIMEOUT_MS = 5000;
/** A server that ends closes connections it had not answered; soon after, nothing listens. */
const RESET_PAUSE_MS = 500;
const LARGEST_KEY_BYTES = 4096;
const LARGEST_PROOF_BYTES = 16 * 1024;

/**
 * A fetch for the server of the data folder, and for no other program. Each call opens a connection, has the server prove on
 * it that it holds the key in the folder, and sends its request, with the API key, on that connection alone. Throws
 * `server.unproven` where the proof fails; nothing secret was sent then.
 */
export function provenFetch(folder: string, file: ServerFile): typeof fetch {
  return async (input, init) => {
    const body: unknown = init?.body;
    const request = new Request(input, { ...init, body: null });
    const { authorization, ...headers } = Object.fromEntries(request.headers);
    const content = isStreamBody(body) ? body : await wholeBody(init?.body);
    if (content.bytes !== undefined) headers['content-length'] = String(content.bytes);
    const { method } = request;
    // Not `request.signal`: that one is no longer aborted once the garbage collector has taken the request.
    const signal = init?.signal ?? new AbortController().signal;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const proven = await proveSocket(folder, file, agent, signal);
      return await sendStream(
        new URL(request.url),
        content,
        { method, headers, signal, agent },
        {
          onSocket: (call, socket) => {
            if (socket !== proven) throw unproven(folder, file, 'it closed the connection after its proof');
            if (authorization !== undefined) call.setHeader('authorization', authorization);
          },
          contentOf: async (message) => streamOf(message, agent),
        },
      );
    } catch (error) {
      agent.destroy();
      throw error;
    }
  };
}

/** Whether the server of the data folder answers at its recorded address. Throws `server.unproven` when another program does. */
export async function isProven(folder: string, file: ServerFile): Promise<boolean> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    await proveSocket(folder, file, agent, AbortSignal.timeout(PROOF_TIMEOUT_MS));
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  } finally {
    agent.destroy();
  }
}

/** The connection on which the server has proven itself. Rejects with a TypeError, as fetch does, when nothing answers. */
async function proveSocket(
  folder: string,
  file: ServerFile,
  agent: Agent,
  signal: AbortSignal,
): Promise<Socket> {
  const key = await readFileUpTo(join(folder, 'identity.key'), LARGEST_KEY_BYTES).catch(() => '');
  if (key.trim() === '') throw unproven(folder, file, 'the folder holds no key for the proof (identity.key)');
  const challenge = randomBytes(32).toString('hex');
  const url = new URL(`/api/v1/identity?challenge=${challenge}`, file.url);
  const again = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET') throw error;
    return wait(RESET_PAUSE_MS, undefined, { signal }).then(() => asked(url, agent, signal));
  };
  const { socket, text } = await asked(url, agent, signal)
    .catch(again)
    .catch((error: Error) => {
      if (signal.aborted && error.name === 'AbortError') throw error;
      if (isRefused(error)) throw new TypeError('fetch failed', { cause: error });
      throw unproven(folder, file, `it did not answer the challenge (${error.message})`);
    });
  const { remoteAddress: address, remotePort: port } = socket;
  const expected = createHmac('sha256', key.trim()).update(proofMessage(challenge, { address, port }));
  if (!isSame(expected.digest(), proofIn(text))) throw unproven(folder, file, await foundAt(file));
  return socket;
}

function asked(url: URL, agent: Agent, signal: AbortSignal): Promise<{ socket: Socket; text: string }> {
  return new Promise((done, reject) => {
    const call = get(url, { agent, signal, timeout: PROOF_TIMEOUT_MS });
    call.once('timeout', () => call.destroy(new Error('it is silent')));
    call.once('error', reject);
    call.once('response', (message: IncomingMessage) => {
      const { socket } = message;
      const chunks: Buffer[] = [];
      let bytes = 0;
      message.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > LARGEST_PROOF_BYTES) call.destroy(new Error('its answer is too long'));
      });
      message.once('error', reject);
      message.once('end', () => {
        call.setTimeout(0);
        done({ socket, text: Buffer.concat(chunks).toString('utf8') });
      });
    });
  });
}

function proofIn(text: string): Buffer {
  try {
    const { proof } = JSON.parse(text) as { proof?: unknown };
    return Buffer.from(String(proof), 'hex');
  } catch {
    return Buffer.alloc(0);
  }
}

function isSame(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}

const NOTHING_LISTENS = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
]);

function isRefused(error: Error): boolean {
  const { code, errors } = error as { code?: string; errors?: Error[] };
  return NOTHING_LISTENS.has(code ?? '') || (errors ?? []).some(isRefused);
}

async function foundAt({ pid }: ServerFile): Promise<string> {
  return isGone(pid)
    ? `the server that ran there (process ${pid}) has ended, and another program has its port`
    : `its answer to the challenge is not the one of the server with process ${pid}`;
}

/** Whether no process of that number runs here. In another container it may run all the same, so this only words a refusal. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function unproven(folder: string, { url }: ServerFile, reason: string): SlipwayError {
  return fail('server.unproven', { url, folder: resolve(folder), reason });
}

async function wholeBody(body: RequestInit['body']): Promise<StreamBody> {
  const content = new Uint8Array(await new Response(body ?? null).arrayBuffer());
  if (content.length === 0) return Readable.from([]);
  return Object.assign(Readable.from([content]), { bytes: content.length });
}

function streamOf(message: IncomingMessage, agent: Agent): ReadableStream {
  message.once('close', () => agent.destroy());
  return Readable.toWeb(message) as ReadableStream;
}
