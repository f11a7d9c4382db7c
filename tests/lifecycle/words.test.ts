import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failureSchema, type PipelineRun, type Status } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import {
  cleanUp,
  eventually,
  type Finished,
  newFolder,
  PENGUINS,
  type Platform,
  slipway,
  start,
  startPlatform,
} from './slipway.ts';

const MINUTES = 60_000;
const FREE_PORTS = ['--port', '0', '--inference-port', '0'];
const errorDocument = z.strictObject({ error: failureSchema });

afterAll(cleanUp);

describe('words that need no platform', () => {
  it.each([
    { words: ['frobnicate'], says: /unknown command 'frobnicate'/ },
    { words: ['shipp', 'x.csv'], says: /Did you mean ship\?/ },
    { words: ['ship', PENGUINS], says: /No target is named/ },
    {
      words: ['ship', PENGUINS, '--target', 'Sex', '--target', 'Species'],
      says: /One model predicts one target/,
    },
    {
      words: ['ship', PENGUINS, '--task', 'clustering'],
      says: /clustering is not supported; supported are binary/,
    },
    {
      words: ['ship', PENGUINS, '--target', 'Species', '--budget', 'soon'],
      says: /Write it as 30s, 5m or 1h/,
    },
    {
      words: ['ship', PENGUINS, '--target', 'Species', '--task', 'guess'],
      says: /guess is not supported; supported are binary, multiclass, regression, forecast/,
    },
    { words: ['promote', 'penguins', 'newest'], says: /Give a whole number/ },
    { words: ['data', 'show'], says: /missing required argument 'dataset'/ },
    { words: ['status', 'please'], says: /too many arguments/ },
    { words: ['models'], says: /Usage: slipway models/ },
  ])('wrong words end with code 2 and say why: $words', async ({ words, says }) => {
    const { code, stdout, stderr } = await slipway(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(says);
  });

  it('wrong words under --json are a document too', async () => {
    const { code, stdout } = await slipway(['frobnicate', '--json']);
    expect(code).toBe(2);
    expect(errorDocument.parse(JSON.parse(stdout)).error.code).toBe('command.invalid');
  });

  it('help that was asked for is data: stdout, code 0', async () => {
    const help = await slipway(['ship', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('--target <column>');
    expect(await slipway(['--version'])).toMatchObject({ code: 0, stderr: '' });
  });

  it('a file that is not there is refused before anything is started', async () => {
    const folder = await newFolder();
    const finished = await slipway(['ship', 'nowhere.csv', '--target', 'x', '--data', folder, '--json']);
    expectFailure(finished, 4, 'file.not-found');
    expect(existsSync(folder)).toBe(false);
  });

  it('a folder on which nothing runs says how to start', async () => {
    const folder = await newFolder();
    const finished = await slipway(['status', '--data', folder, '--json']);
    expectFailure(finished, 7, 'server.unreachable');
    expect(finished.stderr).toContain('slipway up');
  });

  it('settings say where they came from, and slipway.yaml moves the data folder', async () => {
    const cwd = dirname(await newFolder());
    await writeFile(join(cwd, 'slipway.yaml'), 'storage:\n  data: elsewhere\n');
    const { stdout } = await slipway(['config', '--json', '--port', '7500'], { cwd });
    const { entries } = JSON.parse(stdout) as { entries: { key: string; value: unknown; from: string }[] };
    const of = (name: string) => entries.find(({ key }) => key === name);
    expect(of('storage.data')).toMatchObject({ value: 'elsewhere', from: 'file' });
    expect(of('http.port')).toMatchObject({ value: 7500, from: 'flag' });
    expect(of('http.host')).toMatchObject({ from: 'default' });
    const status = await slipway(['status'], { cwd });
    expect(status.stderr).toContain(join(cwd, 'elsewhere'));
  });

  it.each(['', 'train:\n  trials: 3\n'])(
    'every mistake in the settings is told at once (%j)',
    async (yaml) => {
      const cwd = dirname(await newFolder());
      if (yaml !== '') await writeFile(join(cwd, 'slipway.yaml'), yaml);
      const env = { SLIPWAY_HTTP_PROT: '1' };
      const finished = await slipway(['config', '--json', '--port', '70000'], { cwd, env });
      expectFailure(finished, 2, 'config.invalid');
      expect(finished.stderr).toContain('http.port');
      expect(finished.stderr).toContain('SLIPWAY_HTTP_PROT');
    },
  );
});

describe('words to a running platform', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 2 * MINUTES);

  it('a second up on the folder is refused with the process that holds it', async () => {
    const finished = await platform.run(['up', ...FREE_PORTS, '--json']);
    expectFailure(finished, 5, 'storage.locked');
    expect(finished.stderr).toContain(String(platform.pid));
  });

  it.each([
    { words: ['models', 'show', 'nope'], code: 4, failure: 'model.missing' },
    { words: ['models', 'card', 'nope'], code: 4, failure: 'model.missing' },
    { words: ['endpoints', 'show', 'nope'], code: 4, failure: 'endpoint.missing' },
    { words: ['endpoints', 'token', 'nope'], code: 4, failure: 'endpoint.missing' },
    { words: ['endpoints', 'policy', 'nope', '--retrain', 'off'], code: 4, failure: 'endpoint.missing' },
    { words: ['runs', 'show', 'nope'], code: 4, failure: 'run.missing' },
    { words: ['data', 'show', 'nope'], code: 4, failure: 'dataset.missing' },
    { words: ['data', 'add', PENGUINS, '--name', 'Bad Name'], code: 2, failure: 'request.invalid' },
    { words: ['data', 'add', PENGUINS, '--name', 'nope', '--append'], code: 4, failure: 'dataset.missing' },
    { words: ['keys', 'revoke', 'nope'], code: 4, failure: 'key.missing' },
    { words: ['predict', 'nope', PENGUINS], code: 4, failure: 'endpoint.missing' },
    { words: ['monitor', 'nope'], code: 4, failure: 'endpoint.missing' },
    { words: ['labels', 'add', 'nope', 'p_1', 'Adelie'], code: 4, failure: 'endpoint.missing' },
    { words: ['label', 'show', 'nope'], code: 4, failure: 'label.queue-missing' },
    { words: ['label', 'open', 'nope', '--target', 'x'], code: 4, failure: 'dataset.missing' },
    { words: ['ship', 'nope', '--target', 'x'], code: 4, failure: 'dataset.missing' },
    { words: ['retrain', 'nope', PENGUINS], code: 4, failure: 'endpoint.missing' },
    { words: ['rollback', 'nope'], code: 4, failure: 'endpoint.missing' },
    { words: ['promote', 'nope', '1'], code: 4, failure: 'endpoint.missing' },
    { words: ['export', 'nope', '--as', 'docker'], code: 4, failure: 'endpoint.missing' },
    { words: ['status', '--token', 'wrong'], code: 3, failure: 'access.unauthenticated' },
    { words: ['status', '--server', 'http://127.0.0.1:1'], code: 7, failure: 'server.unreachable' },
    { words: ['ship', PENGUINS, '--target', 'Nope', '--budget', '2s'], code: 6, failure: 'target.missing' },
    {
      words: ['ship', PENGUINS, '--target', 'Species', '--task', 'forecast'],
      code: 6,
      failure: 'forecast.time-needed',
    },
    {
      words: ['ship', PENGUINS, '--target', 'Species', '--budget', '0s'],
      code: 2,
      failure: 'request.invalid',
    },
  ])('$words fails with $failure and code $code', async ({ words, code, failure }) => {
    expectFailure(await platform.run([...words, '--json']), code, failure);
  });

  it.each([
    ['status'],
    ['models', 'list'],
    ['endpoints', 'list'],
    ['runs', 'list'],
    ['data', 'list'],
    ['keys', 'list'],
    ['doctor'],
    ['config'],
    ['open'],
  ])('%s %s answers people and, with --json, programs', async (...words) => {
    const spoken = await platform.run(words);
    expect({ code: spoken.code, silent: spoken.stdout.trim() === '' }).toEqual({
      code: 0,
      silent: false,
    });
    const written = await platform.run([...words, '--json']);
    expect({ code: written.code, stderr: written.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(written.stdout)).toBeTypeOf('object');
  });

  it('SLIPWAY_SERVER and SLIPWAY_TOKEN reach it without its folder; --server wins over SLIPWAY_SERVER', async () => {
    const cwd = dirname(await newFolder());
    const env = { SLIPWAY_SERVER: platform.url, SLIPWAY_TOKEN: platform.ownerKey };
    const { code, stdout } = await slipway(['status', '--json'], { env, cwd });
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Status).dataFolder).toBe(platform.folder);
    const elsewhere = await slipway(['status', '--json', '--server', 'http://127.0.0.1:1'], { env, cwd });
    expectFailure(elsewhere, 7, 'server.unreachable');
  });

  it('a key with a lesser role is told what it may not', async () => {
    const { secret } = await platform.answer<{ secret: string }>([
      'keys',
      'add',
      'reader',
      '--role',
      'viewer',
    ]);
    expect(await platform.run(['status', '--token', secret])).toMatchObject({ code: 0 });
    const finished = await platform.run(['data', 'add', PENGUINS, '--token', secret, '--json']);
    expectFailure(finished, 3, 'access.forbidden');
  });

  it(
    'Ctrl-C during a pipeline run cancels it and leaves the platform that was there',
    async () => {
      const words = [
        'ship',
        PENGUINS,
        '--target',
        'Species',
        '--budget',
        '10m',
        '--name',
        'stopped',
        '--json',
      ];
      const ship = start(words, { env: { SLIPWAY_DATA: platform.folder } });
      await ship.says(/prepare/);
      ship.signal('SIGINT');
      expect(await ship.finished).toMatchObject({ code: 130, stdout: '' });
      const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { limit: 1 } });
      expect(pipelineRuns[0]).toMatchObject({
        name: 'stopped',
        state: 'cancelled',
      } satisfies Partial<PipelineRun>);
      await eventually('end of the job process', async () => {
        const { processes } = await platform.client.call['system.status']();
        return processes.some(({ name }) => name.startsWith('job ')) ? undefined : true;
      });
    },
    2 * MINUTES,
  );

  it('Ctrl-C ends the platform in order: no process is left, and no word of it in the folder', async () => {
    const { processes } = await platform.client.call['system.status']();
    expect(processes.length).toBeGreaterThan(1);
    expect(await platform.stop()).toBe(0);
    expect(processes.filter(({ pid }) => isRunning(pid))).toEqual([]);
    await expect(readFile(join(platform.folder, 'server.json'))).rejects.toThrow('ENOENT');
  });
});

describe('a platform that ship started', () => {
  it(
    'ends with its pipeline run when Ctrl-C comes in the middle, and can be started again',
    async () => {
      const folder = await newFolder();
      const words = ['ship', PENGUINS, '--target', 'Species', '--budget', '10m', '--data', folder, '--json'];
      const ship = start([...words, ...FREE_PORTS]);
      await ship.says(/prepare/);
      const { pid } = JSON.parse(await readFile(join(folder, 'server.json'), 'utf8')) as { pid: number };
      ship.signal('SIGINT');
      expect(await ship.finished).toMatchObject({ code: 130, stdout: '' });
      expect(isRunning(pid)).toBe(false);

      const again = await startPlatform({ folder });
      const { pipelineRuns } = await again.client.call['pipelineRuns.list']({ query: { limit: 1 } });
      expect(pipelineRuns[0]).toMatchObject({ name: 'penguins', state: 'cancelled' });
      expect(await again.stop()).toBe(0);
    },
    3 * MINUTES,
  );

  it(
    'says what it does while it starts, as events with --json',
    async () => {
      const up = start(['up', '--data', await newFolder(), ...FREE_PORTS, '--json']);
      await up.firstLine();
      up.signal('SIGINT');
      const { stderr } = await up.finished;
      const events = stderr.split('\n').filter((line) => line.startsWith('{"event":"progress"'));
      const steps = events.map((line) => JSON.parse(line) as { phase: string; message: string });
      expect(steps[0]).toMatchObject({
        phase: 'starting',
        message: expect.stringContaining('opening the database'),
      });
      expect(steps.at(-1)).toMatchObject({ message: 'opening the console and the API' });
    },
    2 * MINUTES,
  );

  it(
    'ends when Ctrl-C comes while it starts',
    async () => {
      const folder = await newFolder();
      await mkdir(folder);
      const up = start(['up', '--data', folder, ...FREE_PORTS, '--json']);
      await eventually('lock in the folder', () =>
        existsSync(join(folder, 'owner.key')) ? true : undefined,
      );
      up.signal('SIGINT');
      expect(await up.finished).toMatchObject({ code: 130, stdout: '' });
      expect(existsSync(join(folder, 'server.json'))).toBe(false);
    },
    2 * MINUTES,
  );

  it(
    'keeps running after its pipeline run, and ends when the command that started it is killed',
    async () => {
      const folder = await newFolder();
      const words = ['ship', PENGUINS, '--target', 'Species', '--budget', '2s', '--data', folder];
      const ship = start([...words, ...FREE_PORTS]);
      await ship.says(/keeps running/);
      const { pid } = JSON.parse(await readFile(join(folder, 'server.json'), 'utf8')) as { pid: number };
      expect(isRunning(pid)).toBe(true);
      ship.signal('SIGKILL');
      await eventually('end of the platform', () => (isRunning(pid) ? undefined : true));
      expect(existsSync(join(folder, 'server.json'))).toBe(false);
    },
    3 * MINUTES,
  );
});

function expectFailure({ code, stdout, stderr }: Finished, expected: number, failure: string): void {
  const { error } = errorDocument.parse(JSON.parse(stdout));
  expect({ code, failure: error.code }).toEqual({ code: expected, failure });
  expect(stderr).toContain(error.message);
  expect(stderr).toContain(error.hint);
}
