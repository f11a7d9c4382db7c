import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followPipelineRun } from '@slipway/sdk';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { ask } from './requests.ts';
import { cleanUp, startServer } from './server-under-test.ts';
import { beginShip, shipSmall, smallTable, upload } from './small-table.ts';

const DISK_BYTES = 160 * 1024 * 1024;
const PATIENCE = { timeout: 120_000, interval: 100 };

/** A disk of its own for the data folder; undefined where this user may not mount one. */
function smallDisk(): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'slipway-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=700`, 'tmpfs', place]);
  if (status === 0) return place;
  rmSync(place, { recursive: true });
  return undefined;
}

const disk = process.platform === 'linux' ? smallDisk() : undefined;

afterAll(async () => {
  await cleanUp();
  if (disk === undefined) return;
  spawnSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const freeBytes = () => {
  const { bavail, bsize } = statfsSync(disk!);
  return bavail * bsize;
};

describe.skipIf(disk === undefined)('on a disk that is full (needs the right to mount a tmpfs)', () => {
  it('writes are refused with a code, what was acknowledged is kept, predictions go on, and it recovers', async () => {
    const folder = join(disk!, 'data');
    mkdirSync(folder);
    let server = await startServer({ folder });
    const { client } = server;
    await shipSmall(client, 'served');
    const { url } = await client.call['endpoints.get']({ params: { name: 'served' } });
    const token = (await client.call['tokens.create']({ params: { name: 'served' }, body: { name: 'x' } }))
      .secret;
    const predict = () => client.predict({ url, token }, [{ age: 30, plan: 'gold', city: 'town1' }]);
    const kept = await client.call['keys.create']({ body: { name: 'kept', role: 'viewer' } });
    const table = await upload(client, smallTable());

    const pids = async () =>
      (await client.call['system.status']()).processes.map(({ pid }) => pid).toSorted((a, b) => a - b);
    const before = await pids();
    const ballast = join(disk!, 'ballast');
    await writeFile(ballast, randomBytes(Math.max(0, freeBytes() - 4 * 1024 * 1024)));
    const refusals = [
      upload(client, randomBytes(6 * 1024 * 1024), 'big.bin'),
      client.call['keys.create']({ body: { name: 'refused', role: 'viewer' } }),
      client.call['pipelineRuns.ship']({ body: { uploadId: table.id, name: 'refused', target: 'left' } }),
    ];
    for (const refused of await Promise.allSettled(refusals)) {
      expect(refused).toMatchObject({
        status: 'rejected',
        reason: { code: 'storage.full', kind: 'storage-full' },
      });
    }
    const raw = await ask(`${server.url}/api/v1/keys`, {
      method: 'POST',
      token: server.ownerKey,
      body: { name: 'refused', role: 'viewer' },
    });
    expect(raw.status).toBe(507);
    expect(await readdir(join(folder, 'objects', 'incoming'))).toEqual([]);
    expect((await predict()).predictions).toHaveLength(1);
    expect((await fetch(`${server.url}/api/v1/health`)).status).toBe(200);

    // Not a byte is left, for the logs neither.
    await writeFile(join(disk!, 'last-bytes'), randomBytes(freeBytes() + 1)).catch(() => {});
    expect(freeBytes()).toBe(0);
    for (let i = 0; i < 30; i++) {
      const refused = client.call['keys.create']({ body: { name: `refused-${i}`, role: 'viewer' } });
      await expect(refused).rejects.toMatchObject({ code: 'storage.full' });
      expect((await predict()).predictions).toHaveLength(1);
    }
    expect((await fetch(`${server.url}/api/v1/health`)).status).toBe(200);

    await rm(ballast);
    await rm(join(disk!, 'last-bytes'));
    expect(await pids()).toEqual(before);
    await client.call['keys.create']({ body: { name: 'after', role: 'viewer' } });
    const pipelineRun = await beginShip(client, 'after');
    expect((await followPipelineRun(client, pipelineRun.id, () => {})).state).toBe('done');
    const names = async () =>
      (await server.client.call['keys.list']()).keys.map(({ name }) => name).toSorted();
    expect(await names()).toEqual(['after', 'kept', 'owner']);
    expect((await server.client.call['pipelineRuns.list']()).pipelineRuns.map(({ name }) => name)).toEqual([
      'after',
      'served',
    ]);

    await server.end('SIGKILL');
    server = await startServer({ folder });
    expect(await names()).toEqual(['after', 'kept', 'owner']);
    expect((await ask(`${server.url}/api/v1/status`, { token: kept.secret })).status).toBe(200);
    await server.end('SIGTERM');
  }, 240_000);

  it('a pipeline run that meets the end of the disk fails with a code, and leaves no scratch behind', async () => {
    const folder = join(disk!, 'data');
    const server = await startServer({ folder });
    const { client } = server;
    const { id } = await upload(client, smallTable(20_000), 'last.csv');
    const ballast = join(disk!, 'ballast');
    await writeFile(ballast, randomBytes(Math.max(0, freeBytes() - 9 * 1024 * 1024)));
    const begun = await client.call['pipelineRuns.ship']({
      body: { uploadId: id, name: 'last', target: 'left', budgetSeconds: 2 },
    }).catch((error: unknown) => error);
    const ended =
      begun instanceof Error
        ? begun
        : await followPipelineRun(client, (begun as { id: string }).id, () => {}).catch(
            (error: unknown) => error,
          );
    await rm(ballast);
    if (ended instanceof Error) expect(ended).toMatchObject({ code: 'storage.full' });
    // It may be the question about the pipeline run that was refused, and the pipeline run goes on now that there is room.
    await vi.waitFor(async () => {
      const { pipelineRuns } = await client.call['pipelineRuns.list']();
      expect(pipelineRuns.filter(({ state }) => state === 'running')).toEqual([]);
    }, PATIENCE);
    await vi.waitFor(async () => expect(await readdir(join(folder, 'work'))).toEqual([]), PATIENCE);
    expect(await readdir(join(folder, 'objects', 'incoming'))).toEqual([]);
    await server.end('SIGTERM');
  }, 240_000);
});
