import { type Agent, type ClientRequest, request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';

const LIMIT = 4;
const BODY = JSON.stringify({ rows: [GOOD_ROW] });

let running: RunningInference;

beforeAll(async () => {
  running = await runningInference({ maxReceiving: LIMIT, maxBufferedBytes: 1024 * 1024 });
  const bundle = await constantBundle(join(running.home, 'churn'), 0.7);
  await running.dataPlane.apply({ endpoints: [endpointOf('churn', ['token'], 1, bundle)] });
});
afterAll(() => running.end());

/** A request whose body is on its way: `finish` sends the rest and gives the status. */
function begin(
  sent: string,
  agent?: Agent,
): { finish: (rest: string) => Promise<number>; client: ClientRequest } {
  const client = request(`${running.dataPlane.url()}/endpoints/churn/predict`, {
    method: 'POST',
    agent,
    headers: {
      authorization: 'Bearer token',
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    },
  });
  const status = new Promise<number>((resolve, reject) => {
    client.on('response', (response) => {
      retryAfter = response.headers['retry-after'];
      response.resume().on('end', () => resolve(response.statusCode!));
    });
    client.on('error', reject);
  });
  status.catch(() => undefined);
  client.write(sent);
  return {
    client,
    finish: (rest) => {
      client.end(rest);
      return status;
    },
  };
}

let retryAfter: string | undefined;

async function untilInFlight(count: number): Promise<void> {
  await expect.poll(async () => (await running.dataPlane.stats()).inFlight, { interval: 5 }).toBe(count);
}

describe('overload', () => {
  it('is refused at once with a time to come back, while what is under way is answered', async () => {
    const half = BODY.length >> 1;
    const held = Array.from({ length: LIMIT }, () => begin(BODY.slice(0, half)));
    await untilInFlight(LIMIT);
    expect(await begin(BODY).finish('')).toBe(429);
    expect(retryAfter).toBe('1');
    const statuses = await Promise.all(held.map(({ finish }) => finish(BODY.slice(half))));
    expect(statuses).toEqual(held.map(() => 200));
    expect(await begin(BODY).finish('')).toBe(200);
    expect((await running.dataPlane.stats()).shed).toBe(1);
  });

  it('of memory is refused too, and the memory comes back', async () => {
    const large = begin(' '.repeat(900 * 1024));
    await untilInFlight(1);
    const second = begin(' '.repeat(900 * 1024));
    expect(await second.finish('')).toBe(429);
    expect(await large.finish(BODY)).toBe(200);
    expect(await begin(' '.repeat(900 * 1024)).finish(BODY)).toBe(200);
  });

  it('is over when clients go away', async () => {
    const held = Array.from({ length: LIMIT }, () => begin('{'));
    await untilInFlight(LIMIT);
    for (const { client } of held) client.destroy();
    await untilInFlight(0);
    expect(await begin(BODY).finish('')).toBe(200);
  });
});

describe('more work than the one thread can do', () => {
  let busy: RunningInference;
  const client = inferenceClient(() => busy, 'token');
  const large = { rows: Array.from({ length: 4000 }, () => GOOD_ROW) };
  beforeAll(async () => {
    busy = await runningInference({ maxWaitMs: 10 });
    const bundle = await constantBundle(join(busy.home, 'churn'), 0.7);
    await busy.dataPlane.apply({ endpoints: [endpointOf('churn', ['token'], 1, bundle)] });
  });
  afterAll(() => busy?.end());

  it('is refused where it would wait too long, and what was begun is answered', async () => {
    const replies: Awaited<ReturnType<typeof client.post>>[] = [];
    const callers = Array.from({ length: 40 }, async () => {
      while (!replies.some(({ status }) => status === 429))
        replies.push(await client.post('/endpoints/churn/predict', large));
    });
    await Promise.all(callers);
    const statuses = replies.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.map(({ headers }) => headers['retry-after'])).toEqual(refused.map(() => '1'));
    expect((await busy.dataPlane.stats()).shed).toBe(refused.length);
    expect((await client.post('/endpoints/churn/predict', { rows: [GOOD_ROW] })).status).toBe(200);
  }, 60_000);
});
