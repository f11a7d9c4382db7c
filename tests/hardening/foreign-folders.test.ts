import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filesOf, placeFiles, treeOf } from '../../packages/server/src/testing/folder-tree.ts';
import {
  answerOf,
  cleanUp as endCommands,
  newFolder as newHome,
  PENGUINS,
  slipway,
  start,
} from '../lifecycle/slipway.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';
import { shipSmall } from './small-table.ts';

afterAll(cleanUp);
afterAll(endCommands);

const FILES = ['work/plan.md', 'shelves/books.csv', 'trials/2024/notes.txt', 'README.md', 'objects/logo.png'];
const FREE_PORTS = ['--port', '0', '--inference-port', '0'];
const MARKER = 'slipway-data.json';

/** A project of a user, readable by everybody, that is not Slipway's. */
async function project(): Promise<string> {
  const folder = await newFolder();
  await placeFiles(folder, FILES);
  await chmod(folder, 0o755);
  return folder;
}

/** Runs `slipway up` until it answers, and ends it; gives its data folder. */
async function upAndDown(args: string[], options: { cwd: string; env?: Record<string, string> }) {
  const command = start(['up', ...FREE_PORTS, '--json', ...args], options);
  const { dataFolder } = JSON.parse(await command.firstLine()) as { dataFolder: string };
  command.signal('SIGINT');
  expect((await command.finished).code).toBe(0);
  return dataFolder;
}

type Refusal = { error: { code: string; message: string } };

describe('a folder that is not Slipway’s', () => {
  it.each([
    ['up', ['up', ...FREE_PORTS]],
    ['ship', ['ship', PENGUINS, '--target', 'Species', ...FREE_PORTS]],
  ])('is refused by slipway %s --data . and stays as it is', async (_, args) => {
    const folder = await project();
    const before = await treeOf(folder);
    const { error } = await answerOf<Refusal>([...args, '--data', '.'], { cwd: folder, code: 5 });
    expect(error.code).toBe('storage.not-a-data-folder');
    expect(error.message).toContain(folder);
    expect(error.message).toContain('README.md');
    expect(await treeOf(folder)).toEqual(before);
  });

  it.each(['doctor', 'status', 'config', 'open', 'endpoints list', 'keys list'])(
    'is not touched by slipway %s',
    async (words) => {
      const folder = await project();
      const before = await treeOf(folder);
      await slipway([...words.split(' '), '--data', '.'], { cwd: folder });
      expect(await treeOf(folder)).toEqual(before);
    },
  );

  it('is told by slipway doctor, which makes and touches no folder that might become a data folder either', async () => {
    const folder = await project();
    type Findings = { findings: { name: string; ok: boolean; says: string }[] };
    const told = async (data: string, code: number) => {
      const { findings } = await answerOf<Findings>(['doctor', '--data', data, ...FREE_PORTS], { code });
      return findings.find(({ name }) => name === 'data folder')!;
    };
    expect(await told(folder, 1)).toMatchObject({ ok: false, says: expect.stringContaining('README.md') });
    const before = await treeOf(folder);
    expect((await told(join(folder, 'work', 'new', 'data'), 0)).ok).toBe(true);
    expect(await treeOf(folder)).toEqual(before);
  });

  it('holds neither a data folder nor a file of ours after a start that was refused for its settings', async () => {
    const folder = await project();
    const before = await treeOf(folder);
    const { code, stderr } = await slipway(['up', ...FREE_PORTS, '--data', ''], { cwd: folder });
    expect(code).toBe(2);
    expect(stderr).toContain('--data');
    expect(stderr).toContain('empty');
    const set = await answerOf<Refusal>(['up', '--set', 'storage.data='], { cwd: folder, code: 2 });
    expect(set.error.code).toBe('config.invalid');
    expect(await treeOf(folder)).toEqual(before);
  });
});

describe('an empty environment variable', () => {
  it('counts as unset: the data folder is the default one, in the folder the command runs in', async () => {
    const cwd = dirname(await newHome());
    await placeFiles(cwd, FILES);
    await chmod(cwd, 0o755);
    const before = await filesOf(cwd);
    const mode = (await stat(cwd)).mode;
    const env = {
      SLIPWAY_DATA: '',
      SLIPWAY_STORAGE_DATA: '',
      SLIPWAY_SERVER: '',
      SLIPWAY_TOKEN: '',
      SLIPWAY_HTTP_PORT: '',
      SLIPWAY_DATABASE_URL: '',
      SLIPWAY_NO_SUCH_SETTING: '',
    };
    expect(await upAndDown([], { cwd, env })).toBe(join(cwd, '.slipway'));
    const after = await filesOf(cwd);
    expect(after).toMatchObject(before);
    const added = Object.keys(after).filter((path) => !(path in before) && !path.startsWith('.slipway/'));
    expect(added).toEqual(['.slipway']);
    expect((await stat(cwd)).mode).toBe(mode);
  });
});

describe('a data folder', () => {
  it('of an earlier version, which has no marker, starts and is marked', async () => {
    const folder = await newFolder();
    const first = await startServer({ folder });
    await first.end('SIGTERM');
    const marker = JSON.parse(await readFile(join(folder, MARKER), 'utf8')) as { installation: string };
    await rm(join(folder, MARKER));
    const second = await startServer({ folder });
    expect(second.ownerKey).toBe(first.ownerKey);
    await second.end('SIGTERM');
    const again = JSON.parse(await readFile(join(folder, MARKER), 'utf8')) as { installation: string };
    expect(again.installation).toMatch(/^[0-9a-f-]{36}$/);
    expect(again.installation).not.toBe(marker.installation);
  });

  it('keeps the files of a user in it and beside it through start, job, kill and stop', async () => {
    const folder = await newFolder();
    await (await startServer({ folder })).end('SIGTERM');
    const elsewhere = join(dirname(folder), 'elsewhere');
    await placeFiles(elsewhere, FILES);
    await rm(join(folder, 'trials'), { recursive: true });
    await symlink(elsewhere, join(folder, 'trials'));
    const names = ['work', 'shelves', 'bundles', 'objects', 'objects/incoming', 'keys', 'logs', '.'].flatMap(
      (place) => [`${place}/mine.txt`, `${place}/mine/work/job_1/a`],
    );
    const files = [...names, 'lock.0', 'lock.1.bak', 'server.json.bak', 'database.new-1/mine'];
    await placeFiles(folder, files);
    const mine = async () => {
      const all = await filesOf(folder);
      return files.map((name) => [name, all[normalize(name)]]);
    };
    const before = await mine();
    const theirs = await filesOf(elsewhere);

    const server = await startServer({ folder });
    await shipSmall(server.client, 'customers');
    await server.end('SIGKILL');
    const again = await startServer({ folder });
    expect(await again.end('SIGTERM')).toBe(0);

    expect(await mine()).toEqual(before);
    expect(await filesOf(elsewhere)).toMatchObject(theirs);
  });

  it('keeps every file when slipway doctor tries whether it takes synced writes', async () => {
    const folder = await newFolder();
    const marker = { format: 1, installation: 'a', createdAt: '2026-11-01T00:00:00.000Z', version: '0.1.0' };
    await placeFiles(folder, ['.slipway-doctor-1', 'mine.txt']);
    await writeFile(join(folder, MARKER), JSON.stringify(marker));
    const before = await filesOf(folder);
    const { stdout } = await slipway(['doctor', '--data', folder, ...FREE_PORTS]);
    expect(stdout).toContain(`${folder} takes synced writes`);
    expect(await filesOf(folder)).toEqual(before);
  });

  it('belongs to one of several starts at once, and is whole afterwards', async () => {
    const folder = await newFolder();
    const starts = await Promise.allSettled([1, 2, 3].map(() => startServer({ folder })));
    const won = starts.filter((one) => one.status === 'fulfilled');
    expect(won).toHaveLength(1);
    for (const one of starts)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'storage.locked' });
    await won[0]!.value.end('SIGTERM');
    expect(await (await startServer({ folder })).end('SIGTERM')).toBe(0);
  });

  it('whose marker is of a newer version or damaged is refused and stays as it is', async () => {
    const folder = await newFolder();
    await mkdir(folder, { recursive: true });
    for (const [text, code] of [
      ['{"format":2}', 'storage.newer'],
      ['{"format":', 'storage.marker-unreadable'],
    ] as const) {
      await writeFile(join(folder, MARKER), text);
      const before = await treeOf(folder);
      await expect(startServer({ folder })).rejects.toMatchObject({ code });
      expect(await treeOf(folder)).toEqual(before);
    }
    expect(existsSync(join(folder, 'lock.1'))).toBe(false);
  });
});
