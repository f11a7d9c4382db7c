import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Job, PipelineRun } from '@slipway/contract';
import { createClient } from '@slipway/sdk';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { isRunning } from '../../packages/server/src/testing/is-running.ts';
import { isOpenToOthers } from '../../scripts/testing/machine.mjs';
import {
  type Command,
  cleanUp,
  eventually,
  newFolder,
  PENGUINS,
  type Platform,
  type RunOptions,
  slipway,
  start,
  startPlatform,
} from '../lifecycle/slipway.ts';
import { CURRENT_NODE, CURRENT_VERSION } from './current-node.ts';

const MINUTES = 60_000;
const FREE_PORTS = ['--port', '0', '--inference-port', '0'];
/** The user whom no file belongs to. */
const NOBODY = 65534;
const IS_ROOT = process.getuid?.() === 0;
const AS_NOBODY = IS_ROOT
  ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--']
  : [];

afterAll(cleanUp, MINUTES);

/** A folder of the user who runs Slipway, with spaces and accents, in which the data folder is to be made. */
async function folderOfUser(): Promise<string> {
  const folder = join(await newFolder(), 'données de Zoë');
  await mkdir(folder, { recursive: true });
  for (const path of [folder, dirname(folder), dirname(dirname(folder))]) {
    if (IS_ROOT) await chown(path, NOBODY, NOBODY);
    await chmod(path, 0o755);
  }
  return folder;
}

async function tableIn(folder: string, rows = 200): Promise<string> {
  const lines = Array.from({ length: rows }, (_, row) => `${row % 70},plan ${row % 3},${row % 2}`);
  const path = join(folder, 'a table.csv');
  await writeFile(path, `${['age,plan,left', ...lines].join('\n')}\n`);
  return path;
}

const without = { starter: ['env', '-u', 'HOME', ...AS_NOBODY] };

/** Nobody runs what lies in folders that only root may enter, such as a clone in root's home. */
const CAN_BE_RUN = !IS_ROOT || isOpenToOthers();

describe.skipIf(!CAN_BE_RUN).each([
  [`this Node (${process.version})`, process.execPath],
  [`a current Node (${CURRENT_VERSION})`, CURRENT_NODE],
])(
  '%s, a user that is not root, no HOME, a path with spaces and accents (a clone that other users can read)',
  (_, node) => {
    it.skipIf(node === undefined)(
      'starts, takes a table in, lists it, and ends in order when the terminal is closed',
      async () => {
        const folder = await folderOfUser();
        const options: RunOptions = { ...without, node: node!, cwd: folder, env: { TMPDIR: '/nowhere' } };
        const up = start(['up', ...FREE_PORTS, '--data', 'le dossier'], options);
        await up.says(/Ctrl-C stops it/);
        const table = await tableIn(folder);
        const data = ['--data', 'le dossier'];
        expect(await slipway(['data', 'add', table, '--name', 'small', ...data], options)).toMatchObject({
          code: 0,
        });
        const list = await slipway(['data', 'list', ...data], options);
        expect(list.stdout).toContain('small');
        up.signal('SIGHUP');
        expect(await up.finished).toMatchObject({ code: 0, stderr: expect.stringContaining('Stopping …') });
        expect(existsSync(join(folder, 'le dossier/server.json'))).toBe(false);
      },
      3 * MINUTES,
    );
  },
);

describe.skipIf(!CAN_BE_RUN)(
  'a data folder that cannot be written (a clone that other users can read)',
  () => {
    it(
      'is refused in one line with the way out',
      async () => {
        const folder = await folderOfUser();
        const data = join(folder, 'data');
        await chmod(folder, 0o555);
        const options = { ...without, env: { SLIPWAY_DATA: data } };
        const refused = await slipway(['up', ...FREE_PORTS], options);
        expect(refused).toMatchObject({
          code: 3,
          stderr: expect.stringContaining(`The data folder ${data} cannot be written`),
        });
        expect(refused.stderr).toContain('choose another folder with --data');
        expect(refused.stderr).not.toMatch(/^\s+at /m);
        await chmod(folder, 0o755);
      },
      2 * MINUTES,
    );
  },
);

/** A job that this command began and that is under way. */
async function importing(platform: Platform): Promise<Job> {
  return eventually('import under way', async () => {
    const { jobs } = await platform.client.call['jobs.list']({ query: { limit: 5 } });
    return jobs.find(({ kind, state }) => kind === 'ingest' && state === 'running');
  });
}

async function largeTable(folder: string): Promise<string> {
  return tableIn(dirname(folder), 800_000);
}

describe('what is stopped while an import runs', () => {
  it(
    'the command alone: its import is cancelled, as the API and the command say, and the platform goes on',
    async () => {
      const platform = await startPlatform();
      const table = await largeTable(platform.folder);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        const add = platform.start(['data', 'add', table, '--name', `by-${signal.toLowerCase()}`]);
        const { id } = await importing(platform);
        add.signal(signal);
        expect(await add.finished).toMatchObject({ code: 130, stderr: expect.stringContaining('Stopped.') });
        const job = await platform.client.call['jobs.get']({ params: { id } });
        expect(job, signal).toMatchObject({ state: 'cancelled' });
      }
      expect((await platform.client.call['datasets.list']()).datasets).toEqual([]);
      expect(await platform.stop()).toBe(0);
    },
    3 * MINUTES,
  );

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'the command that keeps the platform running, by %s: the platform ends in order, and the next one goes on with the import',
    async (signal) => {
      const folder = await newFolder();
      const up = start(['up', ...FREE_PORTS, '--json'], { env: { SLIPWAY_DATA: folder } });
      const { url, pid } = JSON.parse(await up.firstLine()) as { url: string; pid: number };
      const token = (await readFile(join(folder, 'owner.key'), 'utf8')).trim();
      const platform = { client: createClient({ server: url, token }) } as Platform;
      const table = await largeTable(folder);
      const add = start(['data', 'add', table, '--name', 'goes-on'], { env: { SLIPWAY_DATA: folder } });
      const { id } = await importing(platform);
      up.signal(signal);
      await up.finished;
      await eventually('end of the platform', () => (isRunning(pid) ? undefined : true));
      expect((await add.finished).code).toBe(7);
      expect(existsSync(join(folder, 'server.json'))).toBe(false);
      const again = await startPlatform({ folder });
      const done = await eventually('end of the import', async () => {
        const job = await again.client.call['jobs.get']({ params: { id } });
        return job.state === 'running' || job.state === 'queued' ? undefined : job;
      });
      expect(done).toMatchObject({ state: 'done' });
      expect(await again.stop()).toBe(0);
    },
    3 * MINUTES,
  );
});

describe('what is stopped while a training runs', () => {
  it(
    'is cancelled, as the command, the API and the lists say',
    async () => {
      const platform = await startPlatform();
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
        const train = platform.start(['train', PENGUINS, '--target', 'Species', '--budget', '10m', '--json']);
        await train.says(/"phase":"train"/);
        train.signal(signal);
        expect(await train.finished).toMatchObject({ code: 130, stdout: '' });
        const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: { limit: 1 } });
        expect(pipelineRuns[0], signal).toMatchObject({ state: 'cancelled' } satisfies Partial<PipelineRun>);
        for (const lists of ['pipelines', 'runs']) {
          const { stdout } = await platform.run([lists, 'list']);
          expect(stdout, lists).toContain('cancelled');
        }
      }
      expect(await platform.stop()).toBe(0);
    },
    3 * MINUTES,
  );
});

describe('a start that is killed', () => {
  it(
    'is told, whichever process it was, and the next start works',
    async () => {
      const folder = await newFolder();
      const env = { SLIPWAY_DATA: folder };
      const control = await startingUp({ env });
      process.kill(control.pid, 'SIGKILL');
      expect(await control.up.finished).toMatchObject({
        code: 7,
        stderr: expect.stringContaining('was ended by SIGKILL'),
      });
      const command = await startingUp({ env });
      command.up.signal('SIGKILL');
      await eventually('end of the control plane', () => (isRunning(command.pid) ? undefined : true));
      const platform = await startPlatform({ folder });
      expect(await platform.stop()).toBe(0);
    },
    3 * MINUTES,
  );
});

/** A platform that opens its database, and the process of its control plane. */
async function startingUp(options: RunOptions): Promise<{ up: Command; pid: number }> {
  const up = start(['up', ...FREE_PORTS], options);
  onTestFinished(() => up.signal('SIGKILL'));
  await up.says(/opening the database/);
  const children = await readFile(`/proc/${up.pid}/task/${up.pid}/children`, 'utf8');
  return { up, pid: Number(children.trim().split(' ')[0]) };
}
