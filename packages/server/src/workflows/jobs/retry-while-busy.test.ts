import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail } from '@slipway/contract';
import { expect, onTestFinished, test } from 'vitest';
import { retryWhileBusy } from './retry-while-busy.ts';

const BRIEF = [0.001, 0.001, 0.001];
const { signal } = new AbortController();

/** Throws the given errors one after the other, then answers how often it was asked. */
function answering(...errors: unknown[]) {
  let asked = 0;
  const ask = async () => {
    if (asked++ < errors.length) throw errors[asked - 1];
    return asked;
  };
  return { ask, asked: () => asked };
}

const overloaded = () => fail('predict.overloaded');
const notReady = () => fail('endpoint.not-ready', { name: 'e' });

test('what is busy or unavailable is asked again until it answers', async () => {
  expect(await retryWhileBusy(answering(overloaded(), notReady()).ask, signal, BRIEF)).toBe(3);
});

test('patience ends with the last failure', async () => {
  const { ask, asked } = answering(...BRIEF.map(overloaded), notReady());
  await expect(retryWhileBusy(ask, signal, BRIEF)).rejects.toMatchObject({ code: 'endpoint.not-ready' });
  expect(asked()).toBe(BRIEF.length + 1);
});

test('any other failure, and a fault of our own, is thrown at once', async () => {
  for (const error of [fail('dataset.missing', { name: 'd' }), new TypeError('x is not a function')]) {
    const { ask, asked } = answering(error);
    await expect(retryWhileBusy(ask, signal, BRIEF)).rejects.toBe(error);
    expect(asked()).toBe(1);
  }
});

test('a connection cut before or within the answer is tried again', async () => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    if (calls === 1) response.destroy();
    else if (calls === 2) response.write('{"half', () => response.destroy());
    else response.end('{"whole":true}');
  });
  onTestFinished(() => void server.close());
  const ask = async () => (await fetch(await listening(server))).json();
  expect(await retryWhileBusy(ask, signal, BRIEF)).toEqual({ whole: true });
});

test('nobody listening is a failure with a name in the end', async () => {
  const server = createServer();
  const url = await listening(server);
  await new Promise((closed) => server.close(closed));
  await expect(retryWhileBusy(() => fetch(url), signal, BRIEF)).rejects.toMatchObject({
    code: 'dataplane.unavailable',
    details: { reason: 'ECONNREFUSED' },
  });
});

test('an abort ends the longest pause', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  const ask = async () => {
    setImmediate(() => stop.abort(reason));
    throw overloaded();
  };
  await expect(retryWhileBusy(ask, stop.signal, [3600])).rejects.toBe(reason);
});

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  if (!server.listening) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
