import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { inferenceClient } from '../testing/inference-client.ts';
import { endpointOf, type RunningInference, runningInference } from '../testing/running-inference.ts';
import { corsOriginsSetting } from './cors.ts';

const APP = 'https://app.example.com';
let running: RunningInference;
let closed: RunningInference;

beforeAll(async () => {
  [running, closed] = await Promise.all([runningInference({ corsOrigins: APP }), runningInference()]);
  for (const one of [running, closed]) {
    const bundle = await constantBundle(join(one.home, 'churn'), 0.7);
    await one.dataPlane.apply({ endpoints: [endpointOf('churn', ['token'], 1, bundle)] });
  }
});
afterAll(() => Promise.all([running?.end(), closed?.end()]));

const { call, post } = inferenceClient(() => running, 'token');
const other = inferenceClient(() => closed, 'token');

const PATH = '/endpoints/churn/predict';
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: { origin, authorization: '', 'access-control-request-method': 'POST' },
});

describe('a page of another origin', () => {
  it('is answered before it sends a token, where its origin is allowed', async () => {
    const { status, headers } = await call(PATH, preflight(APP));
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': expect.stringContaining('authorization'),
    });
  });

  it('may read predictions and failures', async () => {
    const good = await post(PATH, { rows: [GOOD_ROW] }, { origin: APP });
    expect([good.status, good.headers['access-control-allow-origin'], good.headers.vary]).toEqual([
      200,
      APP,
      'origin',
    ]);
    const bad = await post(PATH, { rows: [] }, { origin: APP });
    expect([bad.status, bad.headers['access-control-allow-origin']]).toEqual([422, APP]);
    const stranger = await post(PATH, { rows: [GOOD_ROW] }, { origin: APP, authorization: 'Bearer no' });
    expect([stranger.status, stranger.headers['access-control-allow-origin']]).toEqual([401, APP]);
  });

  it.each([
    'https://app.example.com.evil.org',
    'http://app.example.com',
    'null',
    'https://app.example.com:444',
  ])('is told nothing at %s', async (origin) => {
    const asked = await call(PATH, preflight(origin));
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([401, undefined]);
    const reply = await post(PATH, { rows: [GOOD_ROW] }, { origin });
    expect(reply.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('is told nothing by default', async () => {
    const asked = await other.call(PATH, preflight(APP));
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([401, undefined]);
  });
});

describe('the setting', () => {
  it.each([
    ['', ''],
    ['*', '*'],
    ['https://a.example, http://localhost:3000', 'https://a.example,http://localhost:3000'],
  ])('%j is read as %j', (raw, read) => {
    expect(corsOriginsSetting.read(raw)).toBe(read);
  });

  it.each(['https://a.example/', 'https://a.example/path', 'a.example', 'file:///x', 3])(
    '%j is refused',
    (raw) => {
      expect(() => corsOriginsSetting.read(raw)).toThrow('origins such as');
    },
  );
});
