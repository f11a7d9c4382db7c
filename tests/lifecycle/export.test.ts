import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Endpoint, PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classifierModel, denseModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { cleanUp, newFolder, PENGUINS, type Platform, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const run = promisify(execFile);

const BUILD_CONTEXT = [
  'Dockerfile',
  '.dockerignore',
  'README.md',
  'predictions/.keep',
  'dist/inference.js',
  'dist/package.json',
];
const BUNDLE = ['MLmodel', 'model.onnx', 'slipway.json', 'profile.json', 'card.md', 'signature.json'];
const BESIDES = {
  docker: [],
  compose: ['compose.yaml'],
  kubernetes: [
    'kubernetes/deployment.yaml',
    'kubernetes/service.yaml',
    'kubernetes/settings.env',
    'kubernetes/kustomization.yaml',
  ],
} as const;
/** Kubernetes pulls images, so its export names one. */
const IMAGE = { docker: [], compose: [], kubernetes: ['--image', 'registry.example/ml/penguins'] };

afterAll(cleanUp);

describe('an endpoint that is exported', () => {
  let platform: Platform;
  let shipped: ShipResult;

  beforeAll(async () => {
    platform = await startPlatform();
    shipped = await platform.answer<ShipResult>(['ship', PENGUINS, '--target', 'Species', '--budget', '2s']);
  }, 3 * MINUTES);

  it.each(Object.keys(BESIDES) as (keyof typeof BESIDES)[])(
    'as %s is a whole build context',
    async (kind) => {
      const folder = await unpacked(platform, 'penguins', kind, ...IMAGE[kind]);
      const { stdout } = await run('find', ['.', '-type', 'f'], { cwd: folder });
      const files = stdout
        .trim()
        .split('\n')
        .map((path) => path.slice(2));
      const expected = [...BUILD_CONTEXT, ...BUNDLE.map((name) => `models/${name}`), ...BESIDES[kind]];
      expect(files).toEqual(expect.arrayContaining(expected));
    },
  );

  it(
    'answers on its own, with the flags of its image, as the endpoint answers',
    async () => {
      const folder = await unpacked(platform, 'penguins', 'docker');
      const tokens = join(folder, 'tokens');
      await writeFile(tokens, 'a-token-of-our-own\n');
      const alone = await startAlone(folder, { SLIPWAY_TOKEN_FILE: tokens, SLIPWAY_LISTEN_PORT: '0' });
      try {
        const { example } = await platform.answer<Endpoint>(['endpoints', 'show', 'penguins']);
        const url = `http://127.0.0.1:${alone.port}/endpoints/penguins/predict`;
        const exported = await predict(url, 'a-token-of-our-own', example);
        const { endpoint } = shipped;
        const served = await predict(endpoint!.url, endpoint!.token!, example);
        expect(withoutIds(exported)).toEqual(withoutIds(served));
        const foreign = await fetch(url, { method: 'POST', body: JSON.stringify(example) });
        expect(foreign.status).toBe(401);

        const readme = await readFile(join(folder, 'README.md'), 'utf8');
        const body = JSON.parse(/-d '(.*)' http/.exec(readme)![1]!);
        expect((await predict(url, 'a-token-of-our-own', body)).predictions).toHaveLength(1);
      } finally {
        await alone.stop();
      }
    },
    MINUTES,
  );

  it(
    'runs as SageMaker starts its image, with its predictions on the output, where open access is baked in',
    async () => {
      const folder = await unpacked(
        platform,
        ...['penguins', 'docker', '--access', 'open', '--prediction-log', 'stdout'],
      );
      const alone = await startAlone(folder, { SAGEMAKER_BIND_TO_PORT: '0' }, ['serve']);
      try {
        const { example } = await platform.answer<Endpoint>(['endpoints', 'show', 'penguins']);
        const at = `http://127.0.0.1:${alone.port}`;
        expect((await fetch(`${at}/ping`)).status).toBe(200);
        const response = await fetch(`${at}/invocations`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ dataframe_records: example.rows }),
        });
        expect(response.status).toBe(200);
        const [logged] = await alone.output();
        expect(JSON.parse(logged!)).toMatchObject({ log: 'prediction', endpoint: 'penguins' });
      } finally {
        await alone.stop();
      }
    },
    MINUTES,
  );

  it(
    'of an imported model carries ONNX Runtime, and answers without this installation beside it',
    async () => {
      const file = join(dirname(await newFolder()), 'net.onnx');
      await writeFile(file, denseModel(16, 1));
      await platform.answer(['models', 'import', file, '--name', 'net']);
      await platform.answer(['deploy', 'net']);
      const folder = await unpacked(platform, 'net', 'docker', '--access', 'open');
      const alone = await startAlone(folder, { SLIPWAY_LISTEN_PORT: '0' });
      try {
        const { example } = await platform.answer<Endpoint>(['endpoints', 'show', 'net']);
        const url = `http://127.0.0.1:${alone.port}/endpoints/net/predict`;
        expect((await predict(url, '', example)).predictions).toHaveLength(1);
      } finally {
        await alone.stop();
      }
    },
    2 * MINUTES,
  );

  it(
    'of a graph with an imported model carries both models and ONNX Runtime',
    async () => {
      const home = dirname(await newFolder());
      const weights = [
        [0, 0.1, -0.1],
        [0.001, -0.002, 0],
      ];
      await writeFile(join(home, 'linear.onnx'), classifierModel(weights, [0.2, 0, 0]));
      await writeFile(join(home, 'classes.txt'), 'Adelie\nChinstrap\nGentoo\n');
      const labels = ['--labels', join(home, 'classes.txt')];
      await platform.answer([
        'models',
        'import',
        join(home, 'linear.onnx'),
        '--task',
        'multiclass',
        ...labels,
      ]);
      const features = ['Beak Length (mm)', 'Body Mass (g)'];
      const members = [
        { name: 'own', model: 'penguins@1' },
        { name: 'linear', model: 'linear@1', features },
      ];
      const graph = { name: 'pair', ensemble: { method: 'mean', members } };
      await writeFile(join(home, 'pair.yaml'), JSON.stringify({ graph }));
      await platform.answer(['endpoints', 'set', 'pair', '--file', join(home, 'pair.yaml')]);
      const folder = await unpacked(platform, 'pair', 'docker', '--access', 'open');
      const alone = await startAlone(folder, { SLIPWAY_LISTEN_PORT: '0' });
      try {
        const { example, url: served } = await platform.answer<Endpoint>(['endpoints', 'show', 'pair']);
        const { secret } = await platform.answer<{ secret: string }>(['endpoints', 'token', 'pair']);
        const url = `http://127.0.0.1:${alone.port}/endpoints/pair/predict`;
        const exported = await predict(url, '', example);
        expect(withoutIds(exported)).toEqual(withoutIds(await predict(served, secret, example)));
      } finally {
        await alone.stop();
      }
    },
    2 * MINUTES,
  );

  it('for Kubernetes is refused without an image, and of options that say nothing about its kind', async () => {
    const refused = (code: number, ...args: string[]) =>
      platform.answer(['export', 'penguins', ...args], { code });
    expect(await refused(6, '--as', 'kubernetes')).toMatchObject({ error: { code: 'export.image-missing' } });
    expect(await refused(2, '--as', 'docker', '--service-monitor')).toMatchObject({
      error: { code: 'request.invalid', path: 'serviceMonitor' },
    });
  });
});

async function unpacked(
  platform: Platform,
  endpoint: string,
  kind: string,
  ...more: string[]
): Promise<string> {
  const folder = join(dirname(await newFolder()), 'context');
  const tar = `${folder}.tar`;
  await mkdir(folder);
  const said = await platform.answer(['export', endpoint, '--as', kind, '--out', tar, ...more]);
  expect(said).toEqual({ endpoint, as: kind, out: tar });
  await run('tar', ['-xf', tar, '-C', folder]);
  return folder;
}

type Alone = { port: number; output(): Promise<string[]>; stop(): Promise<void> };

/** Starts what the image would start, with its variables and those given; paths and host are those of this machine. */
async function startAlone(
  folder: string,
  variables: Record<string, string>,
  more: string[] = [],
): Promise<Alone> {
  const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8');
  const [node, ...flags] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)![1]!) as string[];
  expect(node).toBe('node');
  const pairs = /^ENV ((?:.*\\\n)*.*)$/m.exec(dockerfile)![1]!.split(/[\\\s]+/);
  const env = { ...Object.fromEntries(pairs.map((pair) => pair.split('=', 2))), ...variables };
  const here = flags.map((flag) =>
    flag
      .replace(/^--model-dir=.*/, `--model-dir=${join(folder, 'models')}`)
      .replace(/^--host=.*/, '--host=127.0.0.1'),
  );
  const child = spawn(process.execPath, [...here, ...more], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const { event, port } = JSON.parse(line) as { event: string; port?: number };
    if (event !== 'listening') continue;
    child.stderr.resume();
    return {
      port: port!,
      async output() {
        await expect.poll(() => lines.length).toBeGreaterThan(0);
        return lines;
      },
      async stop() {
        child.kill('SIGTERM');
        expect(await once(child, 'exit')).toEqual([0, null]);
      },
    };
  }
  throw new Error(`it did not listen: ${said.join('\n')}`);
}

async function predict(url: string, token: string, body: unknown): Promise<PredictResponse> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (await response.json()) as PredictResponse;
}

function withoutIds({ model, predictions }: PredictResponse) {
  return { model, predictions: predictions.map(({ id: _, ...rest }) => rest) };
}
