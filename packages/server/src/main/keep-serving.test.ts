import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInference } from '../testing/built-inference.ts';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';
import { keepServing } from './keep-serving.ts';

describe('errors that nothing caught', () => {
  const kept = (onUncaught: (error: unknown) => void, now: () => number) => {
    const given: unknown[] = [];
    const take = keepServing({ onUncaught, giveUp: (error) => given.push(error), now });
    process.off('uncaughtException', take);
    return { take, given };
  };

  it('are survived, twenty within a minute, also where they cannot be logged', () => {
    let at = 0;
    const { take, given } = kept(
      () => {
        throw new Error('the log is gone');
      },
      () => at,
    );
    for (let i = 0; i < 20; i++) take(new Error(`${i}`));
    at += 60_001;
    for (let i = 0; i < 20; i++) take(new Error(`${i}`));
    expect(given).toEqual([]);
    take(new Error('one too many'));
    expect(given).toEqual([new Error('one too many')]);
  });
});

/** Throws, or rejects, outside of any request whenever the process gets a signal: what no boundary can catch. */
const PLANT = `
let signals = 0;
process.on('SIGUSR2', () => {
  const error = new TypeError('planted ' + ++signals);
  if (signals % 2 === 0) Promise.reject(error);
  else setTimeout(() => { throw error; });
});`;

type Line = { event: string; port?: number; cause?: string };

describe('the built data plane', () => {
  let home: string;
  let child: ChildProcess;
  let lines: AsyncIterator<string>;
  let url: string;
  const next = async () => JSON.parse((await lines.next()).value as string) as Line;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'slipway-keep-serving-'));
    const entry = await builtInference(home);
    await constantBundle(join(home, 'bundle'), 0.7);
    const planted = ['--import', `data:text/javascript,${encodeURIComponent(PLANT)}`];
    const args = [entry, '--port', '0', '--model-dir', join(home, 'bundle'), '--access', 'open'];
    child = spawn(process.execPath, [...planted, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    lines = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
    url = `http://127.0.0.1:${(await next()).port}`;
    await next();
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await rm(home, { recursive: true });
  });

  const predict = () =>
    fetch(`${url}/endpoints/churn/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [GOOD_ROW] }),
    });

  it('logs such an error once with its stack, counts it, and goes on', async () => {
    for (let signal = 1; signal <= 4; signal++) {
      child.kill('SIGUSR2');
      const { event, cause } = await next();
      expect(event).toBe('internal');
      expect(cause).toMatch(new RegExp(`^TypeError: planted ${signal}\\n +at `));
      expect((await predict()).status).toBe(200);
    }
    const page = await (await fetch(`${url}/metrics`)).text();
    expect(page).toContain('slipway_inference_internal_errors_total{during="background"} 4\n');
    expect(page).toContain('slipway_inference_internal_errors_total{during="request"} 0\n');
  });

  it('ends with code 1 when there are more than it may survive, so that it is started anew', async () => {
    const ended = once(child, 'exit');
    for (let signal = 5; signal <= 20; signal++) {
      child.kill('SIGUSR2');
      expect((await next()).event).toBe('internal');
    }
    child.kill('SIGUSR2');
    expect(await next()).toMatchObject({ event: 'failed', cause: expect.stringContaining('planted 21') });
    expect((await ended)[0]).toBe(1);
  });
});
