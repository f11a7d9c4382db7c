import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

const SLOW = 300;
/** Far fewer than there are slow clients: these must take no place of others. */
const MOST_ANSWERED_AT_ONCE = 8;

const HEAD =
  'POST /endpoints/churn/predict HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer good-token\r\n' +
  'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"rows"';

/** Where in a request a client stops. */
const STOPS = ['', 'POST /endpoints/churn/predict HTTP/1.1\r\nHost: loc', HEAD];

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference({
    maxInFlight: MOST_ANSWERED_AT_ONCE,
    headersTimeoutMs: 2500,
    requestTimeoutMs: 4000,
    // On a machine that does much else three hundred requests may take a while.
    maxWaitMs: 60_000,
  });
  const churn = await constantBundle(join(running.home, 'churn'), 0.7);
  await running.dataPlane.apply({ endpoints: [endpointOf('churn', ['good-token'], 3, churn)] });
});
afterAll(() => running.end());

const { post, get } = inferenceClient(() => running, 'good-token');

function slowClient(i: number): { socket: Socket; closed: Promise<void> } {
  const { hostname, port } = new URL(running.dataPlane.url());
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => {});
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(STOPS[i % STOPS.length]!);
  return { socket, closed };
}

describe('slow clients in their hundreds', () => {
  it('keep nobody from being answered, and are cut off in the end', async () => {
    const slow = Array.from({ length: SLOW }, (_, i) => slowClient(i));
    const receiving = Math.floor(SLOW / STOPS.length);
    await expect
      .poll(async () => (await running.dataPlane.stats()).inFlight, { timeout: 10_000 })
      .toBe(receiving);
    const replies = await Promise.all(
      Array.from({ length: 300 }, () => post('/endpoints/churn/predict', { rows: [GOOD_ROW] })),
    );
    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
    expect((await get('/v2/health/ready')).status).toBe(200);
    // A connection that never says a word is idle rather than slow: it goes by the idle time-out.
    const talked = slow.filter((_, i) => STOPS[i % STOPS.length] !== '');
    await Promise.all(talked.map(({ closed }) => closed));
    await expect.poll(async () => (await running.dataPlane.stats()).inFlight).toBe(0);
    expect((await running.dataPlane.stats()).shed).toBe(0);
    for (const { socket } of slow) socket.destroy();
  }, 40_000);
});
