import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoint } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { denseModel } from '../../packages/server/src/testing/sample-onnx.ts';
import {
  type Engine,
  importBaseImage,
  missingForEngine,
  startEngine,
} from '../../scripts/testing/docker-engine.mjs';
import {
  cleanUp,
  eventually,
  newFolder,
  PENGUINS,
  type Platform,
  startPlatform,
} from '../lifecycle/slipway.ts';

const MINUTES = 60_000;
const run = promisify(execFile);

/** Where it is set, as CI does after it started an engine, the suite must run. */
const IS_REQUIRED = process.env.SLIPWAY_TEST_DOCKER === '1';
const missing = missingForEngine();

/** As strictly as the documented commands and a memory limit confine it. */
const CONFINED = [
  ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
  ...['--memory', '512m', '--pids-limit', '200'],
];

/** Asks from inside the network of the engine, where published ports are. */
const FETCH = `
  const { url, ...init } = JSON.parse(process.argv[1]);
  fetch(url, init).then(async (response) => console.log(JSON.stringify({ status: response.status, text: await response.text() })));
`;

type Start = {
  port: number;
  /** The port inside the container. */
  inside?: number;
  options?: readonly string[];
  image?: string;
  command?: readonly string[];
  health?: string;
};

type Call = { method?: string; headers?: Record<string, string>; body?: string };

describe.skipIf(missing !== undefined && !IS_REQUIRED)(
  `an exported image in Docker (${missing ?? 'needs an engine that starts'})`,
  { concurrent: true },
  () => {
    let platform: Platform;
    let engine: Engine | undefined;
    let noEngine: string | undefined;
    let penguins = '';
    let rows: Record<string, unknown>[] = [];

    beforeAll(async () => {
      try {
        engine = await startEngine();
      } catch (error) {
        if (IS_REQUIRED) throw error;
        noEngine = `needs Docker: ${(error as Error).message}`;
        process.stderr.write(`${noEngine}\n`);
        return;
      }
      await shipPenguins();
      const dockerfile = await readFile(join(penguins, 'Dockerfile'), 'utf8');
      await importBaseImage(engine, /^ARG BASE=(\S+)$/m.exec(dockerfile)![1]!);
      await engine.docker(['build', '--quiet', '--tag', 'penguins', '.'], { cwd: penguins });
    }, 4 * MINUTES);
    beforeEach(({ skip }) => skip(noEngine !== undefined, noEngine));
    afterAll(async () => {
      await engine?.stop();
      await cleanUp();
    });

    async function shipPenguins(): Promise<void> {
      platform = await startPlatform();
      await platform.answer(['ship', PENGUINS, '--target', 'Species', '--budget', '2s']);
      const { example } = await platform.answer<Endpoint>(['endpoints', 'show', 'penguins']);
      rows = example.rows!;
      penguins = await unpacked('penguins');
    }

    async function unpacked(endpoint: string, ...more: string[]): Promise<string> {
      const folder = join(dirname(await newFolder()), 'context');
      await mkdir(folder);
      await platform.answer(['export', endpoint, '--as', 'docker', '--out', `${folder}.tar`, ...more]);
      await run('tar', ['-xf', `${folder}.tar`, '-C', folder]);
      return folder;
    }

    /** Starts a confined container, with its port published as `port`, and waits until it answers `health`. */
    async function start(
      name: string,
      { port, inside = 8080, options = [], image = 'penguins', command = [], health = '/ping' }: Start,
    ): Promise<void> {
      const given = [...CONFINED, '--publish', `127.0.0.1:${port}:${inside}`, ...options];
      await engine!.docker(['run', '--detach', '--name', name, ...given, image, ...command]);
      await untilReady(name, `http://127.0.0.1:${port}${health}`);
    }

    async function untilReady(name: string, url: string) {
      await eventually(`readiness of the container ${name}`, async () => {
        const status = await ask(url).then(
          (response) => response.status,
          () => undefined,
        );
        if (status === 200) return true;
        if ((await inspected(name, '{{.State.Running}}')) === 'false')
          throw new Error(`${name} ended: ${await logOf(name)}`);
        return undefined;
      });
    }

    async function ask(url: string, call: Call = {}): Promise<{ status: number; text: string }> {
      const command = [process.execPath, '-e', FETCH, JSON.stringify({ url, ...call })];
      return JSON.parse(await engine!.inNetwork(command)) as { status: number; text: string };
    }

    function post(url: string, type: string, body: string, token?: string) {
      const headers: Record<string, string> = { 'content-type': type };
      if (token !== undefined) headers.authorization = `Bearer ${token}`;
      return ask(url, { method: 'POST', headers, body });
    }

    const invocation = () => JSON.stringify({ dataframe_records: rows });

    async function invoke(port: number, token?: string): Promise<number> {
      const url = `http://127.0.0.1:${port}/invocations`;
      return (await post(url, 'application/json', invocation(), token)).status;
    }

    async function inspected(name: string, template: string): Promise<string> {
      return (await engine!.docker(['inspect', '--format', template, name])).trim();
    }

    async function inside(name: string, script: string): Promise<string> {
      return (await engine!.docker(['exec', name, 'node', '-e', script])).trim();
    }

    /** The error output of the container. */
    async function logOf(name: string): Promise<string> {
      return engine!.inNetwork(['sh', '-c', 'docker logs "$1" 2>&1', 'sh', name]);
    }

    async function stopped(name: string): Promise<void> {
      await engine!.docker(['stop', name]);
      expect(await inspected(name, '{{.State.ExitCode}} {{.State.OOMKilled}}')).toBe('0 false');
      await engine!.docker(['rm', name]);
    }

    it(
      'starts by the commands of its README as user 65532, without capabilities, on a read-only root, and is healthy',
      async () => {
        const readme = await readFile(join(penguins, 'README.md'), 'utf8');
        const commandOf = (program: string) =>
          new RegExp(String.raw`^ {4}(${program} (?:.*\\\n)*.*)$`, 'm').exec(readme)![1]!;
        const shell = (command: string) => engine!.inNetwork(['bash', '-c', command], { cwd: penguins });
        await shell(commandOf('docker build'));
        await writeFile(join(penguins, 'tokens'), 'a-token\n', { mode: 0o644 });
        const command = commandOf('docker run');
        expect(command).toContain('docker run --rm ');
        await shell(command.replace('docker run --rm ', 'docker run --detach --name readme '));
        await untilReady('readme', 'http://127.0.0.1:8080/ping');

        const [, body, url] = /-d '(.*)' (http\S+)/.exec(commandOf('curl'))!;
        expect((await post(url!, 'application/json', body!)).status).toBe(401);
        expect((await post(url!, 'application/json', body!, 'a-token')).status).toBe(200);
        const status = await inside('readme', "console.log(fs.readFileSync('/proc/1/status', 'utf8'))");
        expect(status).toMatch(/^Uid:\s+65532\s+65532\s/m);
        expect(status).toMatch(/^CapBnd:\s+0+$/m);
        expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
        const write = "try { fs.writeFileSync('/app/x', '') } catch ({ code }) { console.log(code) }";
        expect(await inside('readme', write)).toBe('EROFS');
        await eventually('passed health check', async () =>
          (await inspected('readme', '{{.State.Health.Status}}')) === 'healthy' ? true : undefined,
        );
        await stopped('readme');
      },
      2 * MINUTES,
    );

    it(
      'takes new tokens without a restart, and warns where the mounted file was replaced by another',
      async () => {
        const folder = dirname(await newFolder());
        const tokens = join(folder, 'tokens');
        const secrets = join(folder, 'secrets');
        await mkdir(secrets);
        for (const path of [tokens, join(secrets, 'tokens')]) await writeFile(path, 'old\n', { mode: 0o644 });
        const mounted = (path: string, at: string) => ['--volume', `${path}:/run/secrets/slipway${at}:ro`];
        await start('file', { port: 9001, options: mounted(tokens, '/tokens') });
        await start('folder', { port: 9002, options: mounted(secrets, '') });
        const begun = await inspected('file', '{{.State.StartedAt}} {{.RestartCount}}');
        for (const port of [9001, 9002])
          expect([await invoke(port, 'old'), await invoke(port, 'new')]).toEqual([200, 401]);

        await writeFile(tokens, 'new\n');
        await writeFile(join(secrets, 'next'), 'new\n', { mode: 0o644 });
        await rename(join(secrets, 'next'), join(secrets, 'tokens'));
        for (const port of [9001, 9002]) {
          await eventually('use of the new token', async () =>
            (await invoke(port, 'new')) === 200 ? true : undefined,
          );
          expect(await invoke(port, 'old')).toBe(401);
        }

        await writeFile(join(folder, 'next'), 'newest\n', { mode: 0o644 });
        await rename(join(folder, 'next'), tokens);
        await eventually('warning about the replaced file', async () =>
          (await logOf('file')).includes('was deleted or replaced where it is mounted from')
            ? true
            : undefined,
        );
        expect([await invoke(9001, 'new'), await invoke(9001, 'newest')]).toEqual([200, 401]);
        expect(await inspected('file', '{{.State.StartedAt}} {{.RestartCount}}')).toBe(begun);
        await engine!.docker(['restart', 'file']);
        await untilReady('file', 'http://127.0.0.1:9001/ping');
        expect([await invoke(9001, 'new'), await invoke(9001, 'newest')]).toEqual([401, 200]);
        for (const name of ['file', 'folder']) await stopped(name);
      },
      2 * MINUTES,
    );

    it(
      'starts as SageMaker starts it, on the port that it names, and needs no token only where that is set',
      async () => {
        const command = ['serve'];
        await start('closed', { port: 9005, command });
        expect(await invoke(9005)).toBe(401);
        expect(await logOf('closed')).toContain('as SageMaker and Vertex AI do, set SLIPWAY_ACCESS=open');
        await stopped('closed');

        const options = ['--env', 'SLIPWAY_ACCESS=open', '--env', 'SAGEMAKER_BIND_TO_PORT=9003'];
        await start('sagemaker', { port: 9003, inside: 9003, options, command });
        const url = 'http://127.0.0.1:9003/invocations';
        const byJson = await post(url, 'application/json', invocation());
        expect(byJson.status).toBe(200);
        const byCsv = await post(url, 'text/csv', csvOf(rows));
        expect(byCsv.status).toBe(200);
        expect(predictionsIn(byCsv.text)).toEqual(predictionsIn(byJson.text));
        await stopped('sagemaker');
      },
      2 * MINUTES,
    );

    it(
      'starts as Vertex AI starts it, on its port and with its routes',
      async () => {
        const variables = {
          SLIPWAY_ACCESS: 'open',
          AIP_HTTP_PORT: '9004',
          AIP_HEALTH_ROUTE: '/vertex/health',
          AIP_PREDICT_ROUTE: '/vertex/predict',
        };
        const options = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
        await start('vertex', { port: 9004, inside: 9004, options, health: '/vertex/health' });
        const body = JSON.stringify({ instances: rows });
        const { status, text } = await post('http://127.0.0.1:9004/vertex/predict', 'application/json', body);
        expect(status).toBe(200);
        expect(JSON.parse(text).predictions).toHaveLength(rows.length);
        await stopped('vertex');
      },
      2 * MINUTES,
    );

    it(
      'of an imported model runs ONNX Runtime as confined as that',
      async () => {
        const file = join(dirname(await newFolder()), 'net.onnx');
        await writeFile(file, denseModel(16, 1));
        await platform.answer(['models', 'import', file, '--name', 'net']);
        await platform.answer(['deploy', 'net']);
        const imported = await platform.answer<Endpoint>(['endpoints', 'show', 'net']);
        const context = await unpacked('net', '--access', 'open');
        await engine!.docker(['build', '--quiet', '--tag', 'net', '.'], { cwd: context });
        await start('net', { port: 9006, image: 'net', command: ['serve'] });
        const url = 'http://127.0.0.1:9006/endpoints/net/predict';
        const { status, text } = await post(url, 'application/json', JSON.stringify(imported.example));
        expect([status, JSON.parse(text).predictions.length]).toEqual([200, 1]);
        await stopped('net');
      },
      2 * MINUTES,
    );
  },
);

function csvOf(rows: readonly Record<string, unknown>[]): string {
  const cell = (value: unknown) =>
    value === null || value === undefined ? '' : `"${String(value).replaceAll('"', '""')}"`;
  const names = Object.keys(rows[0]!);
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('');
}

function predictionsIn(text: string): unknown {
  return (JSON.parse(text) as { predictions: unknown }).predictions;
}
