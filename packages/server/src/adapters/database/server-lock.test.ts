import { afterAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../kernel/index.ts';
import type { Database } from '../../metadata/index.ts';
import { MIGRATIONS } from './pglite-under-test.ts';
import { openPostgres } from './postgres.ts';
import { execute, startTestServer } from './postgres-under-test.ts';

const server = await startTestServer();

if (typeof server === 'string') {
  it.skip(`Two servers on one PostgreSQL database: ${server}`, () => {});
} else {
  afterAll(() => server.stop());

  const newDatabase = async () => {
    const name = newId('slipway_lock');
    await execute(server.urlOf('postgres'), `create database ${name}`);
    return server.urlOf(name);
  };
  const open = (url: string, holder: string, onLost = () => {}) =>
    openPostgres(url, { migrations: MIGRATIONS, exclusive: { holder, onLost, retryMs: 20 } });
  /** Cuts the connection that holds the lock, and no other, as a network or an administrator may. */
  const cutLock = (url: string) =>
    execute(url, "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted");
  const untilItAnswers = (database: Database) =>
    vi.waitFor(() => database.stores.datasets.list(), { timeout: 20_000 });

  describe('two servers on one PostgreSQL database', () => {
    it('are one server and a refusal that names it', async () => {
      const url = await newDatabase();
      const first = await open(url, 'machine-a, process 7');
      await expect(open(url, 'machine-b, process 8')).rejects.toMatchObject({
        code: 'storage.in-use',
        details: { holder: 'machine-a, process 7' },
      });
      await first.stores.datasets.create('still its own');
      await first.close();
      const second = await open(url, 'machine-b, process 8');
      expect(await second.stores.datasets.list()).toHaveLength(1);
      await second.close();
    });

    it('started at the same moment are still one', async () => {
      const url = await newDatabase();
      const begun = await Promise.allSettled(['a', 'b', 'c'].map((holder) => open(url, holder)));
      const opened = begun.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      expect(opened).toHaveLength(1);
      await opened[0]!.close();
    });

    it('a server whose connections were all cut takes its hold again and goes on', async () => {
      const url = await newDatabase();
      const lost = vi.fn();
      const database = await open(url, 'a', lost);
      await database.stores.datasets.create('before');
      await execute(
        url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'slipway %'",
      );
      await untilItAnswers(database); // on a new connection, which is one while the hold is its own
      await expect(open(url, 'b')).rejects.toMatchObject({ code: 'storage.in-use' });
      expect(lost).not.toHaveBeenCalled();
      await database.close();
    });

    it('a server that was away while another took the database writes nothing more', async () => {
      const url = await newDatabase();
      const lost = vi.fn();
      const paused = { holder: 'a', onLost: lost, retryMs: 3000 };
      const first = await openPostgres(url, { migrations: MIGRATIONS, exclusive: paused });
      await first.stores.datasets.create('by the first');
      let second: Database | undefined;
      const inTheMiddle = first.transaction(async (stores) => {
        await stores.datasets.create('half done');
        await cutLock(url);
        second = await open(url, 'b');
        await stores.datasets.create('too late');
      });
      await expect(inTheMiddle).rejects.toMatchObject({ code: 'storage.unavailable' });
      await expect(first.stores.datasets.create('later still')).rejects.toMatchObject({
        code: 'storage.unavailable',
      });
      expect((await second!.stores.datasets.list()).map(({ name }) => name)).toEqual(['by the first']);
      await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1), { timeout: 20_000 });
      await first.close();
      await second!.close();
    });
  });
}
