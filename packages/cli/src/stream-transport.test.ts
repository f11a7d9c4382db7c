import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fail } from '@slipway/contract';
import { createClient } from '@slipway/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { fetchStreaming, type StreamBody } from './stream-transport.ts';

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(server: string) {
  return createClient({ server, token: 'key', fetch: fetchStreaming });
}

function bodyOf(chunks: () => AsyncGenerator<Uint8Array>, bytes?: number): StreamBody {
  return { ...(bytes !== undefined && { bytes }), [Symbol.asyncIterator]: chunks };
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array(64 * 1024);
}

/** A collection in the middle of a call takes what nothing but a weak reference holds. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

const query = { filename: 'table.csv' };
const STORED = { id: 'upl_1', filename: 'table.csv', bytes: 6, sha256: '0'.repeat(64) };

test('a stream arrives whole, with its length and the headers of the call', async () => {
  let asked: unknown;
  const server = await served(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { authorization, 'content-length': length, 'content-type': type } = request.headers;
    asked = { text, authorization, length, type };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(STORED));
  });
  const body = bodyOf(async function* () {
    yield Buffer.from('a,b');
    yield Buffer.from('\n1,');
  }, 6);
  expect(await clientOf(server).call['uploads.create']({ query, body })).toEqual(STORED);
  expect(asked).toEqual({
    text: 'a,b\n1,',
    authorization: 'Bearer key',
    length: '6',
    type: 'application/octet-stream',
  });
});

test('no more is read of a stream than a server takes that has stopped reading', async () => {
  let read = 0;
  const server = await served(() => {}); // never reads the body
  const controller = new AbortController();
  const stalled = new Promise<void>((resolve) => {
    let last = -1;
    const timer = setInterval(() => {
      if (read > 0 && read === last) {
        clearInterval(timer);
        resolve();
      }
      last = read;
    }, 200);
  });
  const body = bodyOf(async function* () {
    for await (const chunk of endless()) {
      read += chunk.byteLength;
      yield chunk;
    }
  });
  const sending = clientOf(server).call['uploads.create']({ query, body }, { signal: controller.signal });
  const refused = expect(sending).rejects.toMatchObject({ name: 'AbortError' });
  await stalled;
  expect(read).toBeLessThan(64 * 1024 ** 2);
  collectGarbage();
  controller.abort();
  await refused;
});

test('a refusal that comes before the end of the body is told, and the rest is not read', async () => {
  let ended = false;
  const problem = { code: 'storage.full', kind: 'storage-full', status: 507, title: 'storage.full' };
  const server = await served((request, response) => {
    request.resume();
    response.writeHead(507, { 'content-type': 'application/problem+json' });
    response.end(
      JSON.stringify({
        type: 'about:blank',
        detail: 'Full.',
        hint: 'Free some.',
        requestId: 'r',
        ...problem,
      }),
    );
  });
  const body = bodyOf(async function* () {
    try {
      yield* endless();
    } finally {
      ended = true;
    }
  });
  await expect(clientOf(server).call['uploads.create']({ query, body })).rejects.toMatchObject({
    code: 'storage.full',
  });
  await expect.poll(() => ended).toBe(true);
});

test('what is wrong with the body itself is thrown as it is', async () => {
  const server = await served((request) => request.resume());
  const broken = fail('file.read-failed', { file: 'table.csv', reason: 'the disk is gone' });
  const body = bodyOf(async function* () {
    yield new Uint8Array(10);
    throw broken;
  }, 100);
  await expect(clientOf(server).call['uploads.create']({ query, body })).rejects.toBe(broken);
});

test('a server that is not there and one that hangs up are unreachable', async () => {
  const gone = clientOf('http://127.0.0.1:9').call['uploads.create']({ query, body: bodyOf(endless) });
  await expect(gone).rejects.toMatchObject({ code: 'server.unreachable' });
  const server = await served((request) => request.socket.destroy());
  const cut = clientOf(server).call['uploads.create']({ query, body: bodyOf(endless) });
  await expect(cut).rejects.toMatchObject({ code: 'server.unreachable' });
});
