import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proofMessage } from '@slipway/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isProven, provenFetch } from './proven-transport.ts';

const KEY = 'proof_key';
const TOKEN = 'slip_secret';

let folder: string;
let seen: string[];
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-proven-'));
  await writeFile(join(folder, 'identity.key'), `${KEY}\n`);
  seen = [];
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  await rm(folder, { recursive: true });
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Records all that it is sent, and gives its address. */
async function listen(answer: Answer): Promise<{ url: string; inferenceUrl: string; pid: number }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push(`${request.method} ${request.url} ${request.rawHeaders.join('\n')} ${Buffer.concat(chunks)}`);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, inferenceUrl: url, pid: process.pid };
}

/** What the server of the folder answers to a challenge. */
function proofFor({ url, socket }: IncomingMessage, key = KEY): string {
  const challenge = new URL(url!, 'http://a').searchParams.get('challenge')!;
  const at = { address: socket.localAddress, port: socket.localPort };
  const proof = createHmac('sha256', key).update(proofMessage(challenge, at)).digest('hex');
  return JSON.stringify({ product: 'slipway', proof });
}

const isChallenge = ({ url }: IncomingMessage) => url!.startsWith('/api/v1/identity?');

const trueServer: Answer = (request, response) =>
  response.end(isChallenge(request) ? proofFor(request) : `got ${request.headers.authorization}`);

const ask = (file: Awaited<ReturnType<typeof listen>>, init: RequestInit = {}) =>
  provenFetch(folder, file)(`${file.url}/api/v1/status`, {
    ...init,
    headers: { authorization: `Bearer ${TOKEN}`, ...init.headers },
  });

it('the key is sent to a server that proves itself, on the connection of the proof, with the body', async () => {
  const file = await listen(trueServer);
  const headers = { 'content-type': 'application/json' };
  const response = await ask(file, { method: 'POST', headers, body: '{"a":1}' });
  expect(await response.text()).toBe(`got Bearer ${TOKEN}`);
  expect(seen).toHaveLength(2);
  expect(seen[0]).not.toContain(TOKEN);
  expect(seen[1]).toContain('{"a":1}');
  expect(await isProven(folder, file)).toBe(true);
});

it.each<[string, Answer]>([
  ['knows another key', (request, response) => response.end(proofFor(request, 'other'))],
  ['answers anything', (_, response) => response.end('{"ok":true,"product":"slipway","proof":"00"}')],
  ['answers no JSON', (_, response) => response.end('hello')],
  ['answers without end', (_, response) => response.end('x'.repeat(100_000))],
  ['hangs up', (_, response) => response.destroy()],
  ['leads elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
])('a server that %s is sent no key', async (_, answer) => {
  const file = await listen(answer);
  await expect(ask(file)).rejects.toMatchObject({ code: 'server.unproven' });
  await expect(isProven(folder, file)).rejects.toMatchObject({ code: 'server.unproven' });
  expect(seen.join('\n')).not.toContain(TOKEN);
});

it('a relay to the true server is sent no key, since the proof is of another port', async () => {
  const real = await listen(trueServer);
  const relay = await listen(async (request, response) => {
    response.end(await (await fetch(new URL(request.url!, real.url))).text());
  });
  await expect(ask(relay)).rejects.toMatchObject({ code: 'server.unproven' });
  expect(seen.join('\n')).not.toContain(TOKEN);
});

it('a connection other than that of the proof carries no key', async () => {
  const file = await listen((request, response) => {
    if (isChallenge(request)) response.writeHead(200, { connection: 'close' });
    response.end(proofFor(request));
  });
  await expect(ask(file)).rejects.toMatchObject({ code: 'server.unproven' });
  expect(seen.join('\n')).not.toContain(TOKEN);
});

it('an address at which nothing listens is no server, and the rejection is the one of fetch', async () => {
  const file = await listen(trueServer);
  servers.pop()!.close();
  expect(await isProven(folder, file)).toBe(false);
  await expect(ask(file)).rejects.toThrow(TypeError);
});

it('without the key in the folder nothing is proven', async () => {
  const file = await listen(trueServer);
  await rm(join(folder, 'identity.key'));
  await expect(ask(file)).rejects.toMatchObject({ code: 'server.unproven' });
  expect(seen).toEqual([]);
});

it('a download is passed on as it arrives, and ends when its signal does', async () => {
  const file = await listen((request, response) => {
    if (isChallenge(request)) response.end(proofFor(request));
    else response.write('first');
  });
  const controller = new AbortController();
  const response = await ask(file, { signal: controller.signal });
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  expect(Buffer.from(value as Uint8Array).toString()).toBe('first');
  const rest = reader.read();
  controller.abort();
  await expect(rest).rejects.toThrow();
});
