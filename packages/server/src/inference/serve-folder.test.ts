import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readPredictionLog } from '../adapters/prediction-log/index.ts';
import { builtInference } from '../testing/built-inference.ts';
import { constantBundle, GOOD_ROW } from '../testing/bundle-builder.ts';

let home: string;
let entry: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-folder-'));
  entry = await builtInference(home);
  await constantBundle(join(home, 'bundle'), 0.7);
  await writeFile(join(home, 'tokens'), '# shop\nsecret-one\n\n  secret-two  \n');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(home, { recursive: true }));

type Line = { event: string; port?: number; endpoint?: string; code?: string; message?: string };

/** Starts the process and gives what it says on stderr, line by line. */
function start(...args: string[]): { child: ChildProcess; next: () => Promise<Line> } {
  const child = spawn(process.execPath, [entry, '--port', '0', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
  return { child, next: async () => JSON.parse((await lines.next()).value as string) as Line };
}

function predict(port: number, name: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/endpoints/${name}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ rows: [GOOD_ROW] }),
  });
}

describe('the inference process on its own', () => {
  it('serves the bundle of a folder to everyone, and says so', async () => {
    const { next } = start('--model-dir', join(home, 'bundle'));
    const { event, port, endpoint } = await next();
    expect({ event, endpoint }).toEqual({ event: 'listening', endpoint: 'churn' });
    expect((await next()).event).toBe('warning');
    const reply = await predict(port!, 'churn');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-slipway-model-version')).toBe('1');
  });

  it('serves under another name and version, to the bearers of a token file', async () => {
    const { next } = start(
      ...['--model-dir', join(home, 'bundle'), '--model-name', 'shop', '--model-version', '7'],
      ...['--token-file', join(home, 'tokens'), '--host', '0.0.0.0'],
    );
    const { port } = await next();
    expect((await predict(port!, 'shop')).status).toBe(401);
    const reply = await predict(port!, 'shop', { authorization: 'Bearer secret-two' });
    expect(reply.status).toBe(200);
    expect(await reply.json()).toMatchObject({ model: { name: 'shop', version: 7 } });
  });

  it('on SIGTERM fails readiness at once, serves on for the grace time, writes its log and exits 0', async () => {
    const logDir = join(home, 'log');
    const { child, next } = start(
      ...['--model-dir', join(home, 'bundle'), '--log-dir', logDir, '--drain-grace-ms', '1000'],
    );
    const { port } = await next();
    const exit = once(child, 'exit');
    const made = [await predict(port!, 'churn')];
    child.kill('SIGTERM');
    await expect
      .poll(async () => (await fetch(`http://127.0.0.1:${port}/v2/health/ready`)).status, { interval: 1 })
      .toBe(503);
    expect((await fetch(`http://127.0.0.1:${port}/v2/health/live`)).status).toBe(200);
    made.push(await predict(port!, 'churn'));
    expect(made[1]!.headers.get('connection')).toBe('close');
    expect(await exit).toEqual([0, null]);
    const ids = (await Promise.all(made.map((reply) => reply.json()))) as { predictions: { id: string }[] }[];
    const logged: string[] = [];
    for await (const records of readPredictionLog(logDir, 'churn', {})) {
      logged.push(...records.map((record) => record.id));
    }
    expect(logged).toEqual(ids.map((reply) => reply.predictions[0]!.id));
  });

  it.each([
    ['a folder without a bundle', ['--model-dir', tmpdir()], 'bundle.invalid'],
    ['a token file that is missing', ['--model-dir', 'BUNDLE', '--token-file', '/nowhere'], 'config.invalid'],
    ['a token file without tokens', ['--model-dir', 'BUNDLE', '--token-file', '/dev/null'], 'config.invalid'],
    ['a flag it does not know', ['--model-dirr', 'BUNDLE'], 'config.invalid'],
    ['a setting out of range', ['--model-dir', 'BUNDLE', '--max-rows', '0'], 'config.invalid'],
    ['a port that is none', ['--model-dir', 'BUNDLE', '--port', '70000'], 'config.invalid'],
  ])('refuses %s, says why and exits 1', async (_, args, code) => {
    const { child, next } = start(...args.map((arg) => (arg === 'BUNDLE' ? join(home, 'bundle') : arg)));
    const exit = once(child, 'exit');
    const line = await next();
    expect(line).toMatchObject({ event: 'failed', code });
    expect(line.message).toBeTruthy();
    expect(await exit).toEqual([1, null]);
  });
});
