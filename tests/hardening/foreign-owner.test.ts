import { chmod, chown, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { treeOf } from '../../packages/server/src/testing/folder-tree.ts';
import { answerOf, cleanUp as endCommands, newFolder as newHome, slipway } from '../lifecycle/slipway.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';
import { shipSmall } from './small-table.ts';

vi.setConfig({ testTimeout: 600_000 });

afterAll(async () => {
  await cleanUp();
  await endCommands();
});

const STRANGER = 65_534;
const isRoot = process.getuid?.() === 0;

type Refusal = { error: { code: string; message: string } };

describe('a data folder that others control', () => {
  it.skipIf(process.getuid === undefined)(
    'since all users can write to it is refused by the server untouched, unless it is accepted (needs modes)',
    async () => {
      const folder = await newFolder();
      await (await startServer({ folder })).end('SIGTERM');
      await chmod(folder, 0o777);
      const before = await treeOf(folder);
      await expect(startServer({ folder })).rejects.toMatchObject({ code: 'storage.open-to-others' });
      expect(await treeOf(folder)).toEqual(before);
      const environment = { SLIPWAY_STORAGE_ALLOW_FOREIGN_FILES: 'true' };
      await (await startServer({ folder, environment })).end('SIGTERM');
    },
  );

  it.skipIf(!isRoot)(
    'since it is of another user is refused by the server and by commands, which send nothing (needs root)',
    async () => {
      const folder = await newFolder();
      const server = await startServer({ folder });
      await chown(folder, STRANGER, STRANGER);
      for (const words of ['status', 'keys list', 'open', `status --server ${server.url}`]) {
        const args = [...words.split(' '), '--data', folder];
        const { error } = await answerOf<Refusal>(args, { code: 3 });
        expect(error.code).toBe('storage.foreign-owner');
        expect(error.message).toContain(`user ${STRANGER}`);
      }
      await answerOf(['status', '--data', folder, '--allow-foreign-files']);
      await server.end('SIGTERM');
      await expect(startServer({ folder })).rejects.toMatchObject({ code: 'storage.foreign-owner' });
    },
  );
});

describe('a slipway.yaml', () => {
  it.skipIf(!isRoot)('of another user is not obeyed, unless it is accepted (needs root)', async () => {
    const cwd = dirname(await newHome());
    const file = join(cwd, 'slipway.yaml');
    await writeFile(file, 'http: { port: 7499 }\n');
    const portOf = async (env: Record<string, string> = {}) => {
      const { code, stdout, stderr } = await slipway(['config', '--json'], { cwd, env });
      return code === 0 ? stdout : `${code} ${stderr}`;
    };
    expect(await portOf()).toContain('7499');
    await chown(file, STRANGER, STRANGER);
    const refused = await portOf();
    expect(refused).toMatch(/^2 /);
    expect(refused).toContain(`user ${STRANGER}`);
    expect(await portOf({ SLIPWAY_STORAGE_ALLOW_FOREIGN_FILES: 'true' })).toContain('7499');
    await writeFile(file, 'http: { port: 7499 }\nstorage: { allowForeignFiles: true }\n');
    expect(await portOf()).toMatch(/^2 /);
    await chown(file, 0, 0);
    await chmod(file, 0o666);
    expect(await portOf()).toMatch(/^2 /);
  });
});

it('a bundle that was changed is told in the log and as an alert of its endpoint, until it is whole again', async () => {
  const folder = await newFolder();
  const first = await startServer({ folder });
  await shipSmall(first.client, 'small');
  await first.end('SIGTERM');
  const [id] = (await readdir(join(folder, 'bundles'))).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const file = join(folder, 'bundles', id!, 'card.md');
  const card = await readFile(file);
  await writeFile(file, `${card}\nTrust me.`);

  /** What a start tells, sooner or later, of the bundle. */
  const eventOf = async (topic: 'alert.opened' | 'alert.resolved') => {
    const server = await startServer({ folder });
    const isTold = async () => {
      const { events } = await server.client.call['events.list']({ query: {} });
      return events.some((event) => event.topic === topic && event.subject === 'small');
    };
    await vi.waitUntil(isTold, { timeout: 300_000, interval: 200 });
    const { alerts } = await server.client.call['system.status']();
    await server.end('SIGTERM');
    return alerts;
  };
  expect(await eventOf('alert.opened')).toMatchObject([
    { endpoint: 'small', severity: 'critical', version: 1, says: expect.stringContaining('signed') },
  ]);
  const log = await readFile(join(folder, 'logs', 'control.log'), 'utf8');
  expect(log).toContain(`bundle ${id} is refused`);
  await writeFile(file, card);
  expect(await eventOf('alert.resolved')).toEqual([]);
});
