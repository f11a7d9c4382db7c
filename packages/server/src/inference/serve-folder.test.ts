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
import { freePort } from '../testing/free-port.ts';

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

type Line = {
  event: string;
  port?: number;
  endpoint?: string;
  code?: string;
  message?: string;
  says?: string;
};

/** Starts the process and gives what it says on stderr, line by line. */
function start(...args: string[]): Started {
  return startWith({}, ['--port', '0', ...args]);
}

type Started = { child: ChildProcess; next: () => Promise<Line> };

/** The same with an environment, and without a port of ours. */
function startWith(env: Record<string, string>, args: string[]): Started {
  const child = spawn(process.execPath, [entry, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
  it('serves the bundle of a folder to everyone where that is asked for, and says so', async () => {
    const { next } = start('--model-dir', join(home, 'bundle'), '--access', 'open');
    const { event, port, endpoint } = await next();
    expect({ event, endpoint }).toEqual({ event: 'listening', endpoint: 'churn' });
    expect(await next()).toMatchObject({ event: 'warning', says: expect.stringContaining('access is open') });
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
      ...['--access', 'open'],
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
    ['neither a token file nor open access', ['--model-dir', 'BUNDLE'], 'config.invalid'],
    ['another access', ['--model-dir', 'BUNDLE', '--access', 'any'], 'config.invalid'],
    [
      'a log that cannot be written',
      ['--model-dir', 'BUNDLE', '--access', 'open', '--log-dir', '/dev/null/log'],
      'config.invalid',
    ],
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

describe('the tokens of a container', () => {
  it('are those of its file as it is now: nobody may call before there are any, and new ones need no restart', async () => {
    const tokens = join(home, 'later');
    const { next } = start('--model-dir', join(home, 'bundle'), '--token-file', tokens);
    const { event, port } = await next();
    expect(event).toBe('listening');
    expect(await next()).toMatchObject({
      event: 'warning',
      says: expect.stringContaining(`nobody may call: ${tokens} cannot be read (ENOENT)`),
    });
    expect((await fetch(`http://127.0.0.1:${port}/ping`)).status).toBe(200);
    const statusOf = async (token: string) =>
      (await predict(port!, 'churn', { authorization: `Bearer ${token}` })).status;
    expect([(await predict(port!, 'churn')).status, await statusOf('first')]).toEqual([401, 401]);

    await writeFile(tokens, 'first\n');
    expect(await next()).toMatchObject({ event: 'access', says: `1 token of ${tokens} in use` });
    expect(await statusOf('first')).toBe(200);

    await writeFile(tokens, 'second\nthird\n');
    expect(await next()).toMatchObject({ event: 'access', says: `2 tokens of ${tokens} in use` });
    expect([await statusOf('first'), await statusOf('second'), await statusOf('third')]).toEqual([
      401, 200, 200,
    ]);
  });
});

describe('a cloud that runs the container', () => {
  const image = { SLIPWAY_LISTEN_PORT: '1', SLIPWAY_TOKEN_FILE: '/nowhere/tokens' };
  const row = (body: unknown) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  it('SageMaker: serve, its port, GET /ping and POST /invocations, without tokens only where that is set', async () => {
    for (const [access, status] of [
      [{ SLIPWAY_ACCESS: 'open' }, 200],
      [{}, 401],
    ] as const) {
      const port = await freePort();
      const env = { ...image, ...access, SAGEMAKER_BIND_TO_PORT: String(port) };
      const { next } = startWith(env, [`--model-dir=${join(home, 'bundle')}`, 'serve']);
      expect(await next()).toMatchObject({ event: 'listening', port });
      expect((await fetch(`http://127.0.0.1:${port}/ping`)).status).toBe(200);
      const reply = await fetch(
        `http://127.0.0.1:${port}/invocations`,
        row({ dataframe_records: [GOOD_ROW] }),
      );
      expect(reply.status).toBe(status);
    }
  });

  it('Vertex AI: its port and its routes, predictions as lines of its output', async () => {
    const port = await freePort();
    const { child, next } = startWith(
      {
        ...image,
        SLIPWAY_ACCESS: 'open',
        SLIPWAY_PREDICTION_LOG: '-',
        AIP_HTTP_PORT: String(port),
        AIP_HEALTH_ROUTE: '/v1/endpoints/12/deployedModels/34',
        AIP_PREDICT_ROUTE: '/v1/endpoints/12/deployedModels/34:predict',
      },
      [`--model-dir=${join(home, 'bundle')}`],
    );
    const output = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    expect(await next()).toMatchObject({ event: 'listening', port });
    const at = `http://127.0.0.1:${port}/v1/endpoints/12/deployedModels/34`;
    expect((await fetch(at)).status).toBe(200);
    const reply = await fetch(`${at}:predict`, row({ instances: [GOOD_ROW] }));
    expect(reply.status).toBe(200);
    expect(((await reply.json()) as { predictions: unknown[] }).predictions).toHaveLength(1);
    expect(JSON.parse((await output.next()).value as string)).toMatchObject({
      log: 'prediction',
      endpoint: 'churn',
      row: GOOD_ROW,
    });
  });
});
