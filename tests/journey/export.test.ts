import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Endpoint, PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, newFolder, PENGUINS, type Platform, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const run = promisify(execFile);

const BUILD_CONTEXT = ['Dockerfile', '.dockerignore', 'README.md', 'dist/inference.js', 'dist/package.json'];
const BUNDLE = ['MLmodel', 'model.onnx', 'slipway.json', 'profile.json', 'card.md', 'signature.json'];
const BESIDES = {
  docker: [],
  compose: ['compose.yaml'],
  kubernetes: ['kubernetes/deployment.yaml', 'kubernetes/service.yaml', 'kubernetes/kustomization.yaml'],
} as const;

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
      const folder = await unpacked(platform, kind);
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
      const folder = await unpacked(platform, 'docker');
      const tokens = join(folder, 'tokens');
      await writeFile(tokens, 'a-token-of-our-own\n');
      const entry = /^ENTRYPOINT (.*)$/m.exec(await readFile(join(folder, 'Dockerfile'), 'utf8'))![1]!;
      const [node, ...flags] = JSON.parse(entry) as string[];
      expect(node).toBe('node');
      const here = { models: join(folder, 'models'), tokens };
      const alone = await startAlone(
        folder,
        flags.map((flag) => onLoopback(flag, here)),
      );
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
});

async function unpacked(platform: Platform, kind: string): Promise<string> {
  const folder = join(dirname(await newFolder()), 'context');
  const tar = `${folder}.tar`;
  await mkdir(folder);
  const said = await platform.answer(['export', 'penguins', '--as', kind, '--out', tar]);
  expect(said).toEqual({ endpoint: 'penguins', as: kind, out: tar });
  await run('tar', ['-xf', tar, '-C', folder]);
  return folder;
}

/** The image's paths, host and port are those of a container. */
function onLoopback(flag: string, here: { models: string; tokens: string }): string {
  return flag
    .replace(/^--model-dir=.*/, `--model-dir=${here.models}`)
    .replace(/^--token-file=.*/, `--token-file=${here.tokens}`)
    .replace(/^--host=.*/, '--host=127.0.0.1')
    .replace(/^--port=.*/, '--port=0');
}

async function startAlone(folder: string, flags: string[]): Promise<{ port: number; stop(): Promise<void> }> {
  const child = spawn(process.execPath, flags, { cwd: folder, env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    const { event, port } = JSON.parse(line) as { event: string; port?: number };
    if (event !== 'listening') continue;
    child.stderr.resume();
    return {
      port: port!,
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
