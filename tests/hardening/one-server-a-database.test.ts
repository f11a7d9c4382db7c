import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { execute, startTestServer } from '../../packages/server/src/adapters/database/postgres-under-test.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';

const postgres = await startTestServer();

if (typeof postgres === 'string') {
  it.skip(`Two servers on one PostgreSQL database: ${postgres}`, () => {});
} else {
  afterAll(async () => {
    await cleanUp();
    await postgres.stop();
  });

  describe('a PostgreSQL database', () => {
    it('is one server’s: a second is refused, and one that slept while another took it ends', async () => {
      await execute(postgres.urlOf('postgres'), 'create database slipway_one');
      const url = postgres.urlOf('slipway_one');
      const environment = { SLIPWAY_DATABASE_URL: url };
      const first = await startServer({ folder: await newFolder(), environment });
      const start = async () => {
        const folder = await newFolder();
        await cp(first.folder, folder, { recursive: true, filter: (path) => !path.endsWith('.sock') }); // of the same installation, as on another machine
        await rm(join(folder, 'lock.1'));
        return startServer({ folder, environment });
      };
      await expect(start()).rejects.toMatchObject({ code: 'storage.in-use' });

      process.kill(first.pid, 'SIGSTOP');
      await execute(
        url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'slipway %'",
      );
      const second = await start();
      const firstEnded = first.ended();
      process.kill(first.pid, 'SIGCONT');
      expect(await firstEnded).toBe(1);

      expect((await second.client.call['system.status']()).database).toBe('postgres');
      expect(await second.end('SIGTERM')).toBe(0);
    }, 120_000);
  });
}
