import { mkdir, readdir, readFile, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { execute, startTestServer } from '../../packages/server/src/adapters/database/postgres-under-test.ts';
import { treeOf } from '../../packages/server/src/testing/folder-tree.ts';
import { answerOf, cleanUp as endCommands } from '../lifecycle/slipway.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';
import { shipSmall } from './small-table.ts';

const postgres = await startTestServer();

afterAll(async () => {
  await cleanUp();
  await endCommands();
  if (typeof postgres === 'object') await postgres.stop();
});

/** Beside other tests, on a machine with little to spare. */
vi.setConfig({ testTimeout: 600_000 });
const HASH = /[0-9a-f]{64}$/;

/** Paths of the objects and bundles. */
async function stored(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const shelf of await readdir(join(folder, 'objects')))
    if (shelf.length === 2)
      for (const name of await readdir(join(folder, 'objects', shelf)))
        found.push(join(folder, 'objects', shelf, name));
  for (const name of await readdir(join(folder, 'bundles')))
    if (HASH.test(name)) found.push(join(folder, 'bundles', name));
  return found.sort();
}

/**
 * All that must stay as it is when a start is refused: everything but the lock, the log and the socket. To see whose an embedded database is, PGlite
 * must open it, which writes a checkpoint and marks rows as seen; its tables are looked at by starting it where it belongs.
 */
async function kept(folder: string) {
  const tree = Object.entries(await treeOf(folder));
  return tree.filter(([path]) => path !== '.' && !/^(?:lock|logs|sockets|database)/.test(path));
}

/** A data folder with a model, of a server that has ended. */
async function fullFolder(environment: Record<string, string> = {}): Promise<string> {
  const folder = await newFolder();
  const server = await startServer({ folder, environment });
  await shipSmall(server.client, 'small');
  await server.end('SIGTERM');
  expect((await stored(folder)).length).toBeGreaterThan(1);
  return folder;
}

async function expectRefused(
  folder: string,
  code: string,
  environment: Record<string, string> = {},
): Promise<void> {
  const before = await kept(folder);
  await expect(startServer({ folder, environment })).rejects.toMatchObject({ code });
  expect(await kept(folder)).toEqual(before);
}

describe('a full data folder', () => {
  it('whose embedded database is gone is refused untouched; adopted, nothing is removed unless forced, and restored', async () => {
    const folder = await fullFolder();
    await rm(join(folder, 'database'), { recursive: true });
    const all = await stored(folder);
    const past = new Date(Date.now() - 3 * 86_400_000);
    for (const path of all) await utimes(path, past, past);
    await expectRefused(folder, 'storage.empty-database');

    const server = await startServer({ folder, args: ['--adopt-database'] });
    const { call } = server.client;
    await expect(call['storage.clean']({ body: {} })).rejects.toMatchObject({
      code: 'storage.implausible-removal',
    });
    expect(await stored(folder)).toEqual(all);
    expect((await call['system.status']()).cleanUpRefused).toContain('names no object');
    expect(await readFile(join(folder, 'logs', 'control.log'), 'utf8')).toContain('nothing is removed');
    const doctor = await answerOf<{ findings: { name: string; ok: boolean }[] }>(
      ['doctor', '--data', folder],
      {
        code: 1,
      },
    );
    expect(doctor.findings.find(({ name }) => name === 'unused files')).toMatchObject({ ok: false });

    const { objects, bundles } = await call['storage.clean']({ body: { force: true } });
    expect(objects + bundles).toBe(all.length);
    expect(await stored(folder)).toEqual([]);
    expect((await call['storage.trash']()).days).toMatchObject([{ objects, bundles }]);
    expect(await call['storage.restore']({ body: {} })).toEqual({ objects, bundles });
    expect(await stored(folder)).toEqual(all);
    expect(await call['storage.clean']({ body: {} })).toMatchObject({ objects: 0, bundles: 0 });
    expect(await stored(folder)).toEqual(all);
    const { entries } = await call['audit.list']({ query: {} });
    expect(entries.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['storage.clean.force', 'storage.restore']),
    );
    await server.end('SIGTERM');
    await (await startServer({ folder })).end('SIGTERM');
  });

  it('whose embedded database is that of another folder is refused untouched', async () => {
    const [one, other] = [await fullFolder(), await newFolder()];
    await (await startServer({ folder: other })).end('SIGTERM');
    await mkdir(join(one, 'aside'));
    await rename(join(one, 'database'), join(one, 'aside', 'database'));
    await rename(join(other, 'database'), join(one, 'database'));
    await expectRefused(one, 'storage.foreign-database');
    await rename(join(one, 'database'), join(other, 'database'));
    await rename(join(one, 'aside', 'database'), join(one, 'database'));
    await (await startServer({ folder: other })).end('SIGTERM');
    const server = await startServer({ folder: one });
    expect((await server.client.call['models.list']()).models).toHaveLength(1);
    await server.end('SIGTERM');
  });

  it.skipIf(typeof postgres === 'string')(
    `is refused untouched with an empty PostgreSQL database, and with one of another folder${typeof postgres === 'string' ? ` (${postgres})` : ''}`,
    async () => {
      if (typeof postgres === 'string') return;
      for (const name of ['own', 'other', 'empty'])
        await execute(postgres.urlOf('postgres'), `create database slipway_${name}`);
      const on = (name: string) => ({ SLIPWAY_DATABASE_URL: postgres.urlOf(`slipway_${name}`) });
      const folder = await fullFolder(on('own'));
      await (await startServer({ folder: await newFolder(), environment: on('other') })).end('SIGTERM');
      await expectRefused(folder, 'storage.empty-database', on('empty'));
      await execute(postgres.urlOf('slipway_empty'), 'create table slipway_migrations (free boolean)');
      await expectRefused(folder, 'storage.foreign-database', on('other'));
      await expectRefused(await fullFolder(), 'storage.foreign-database', on('own'));
      const server = await startServer({ folder, environment: on('own') });
      expect((await server.client.call['models.list']()).models).toHaveLength(1);
      await server.end('SIGTERM');
    },
  );
});
