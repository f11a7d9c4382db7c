import { execFileSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { describeDatabase } from '../../testing/contracts/database/suite.ts';
import { describeQueue } from '../../testing/contracts/queue/suite.ts';
import { MIGRATIONS } from './pglite-under-test.ts';
import { openPostgres } from './postgres.ts';
import { execute, postgresUnderTest, startTestServer } from './postgres-under-test.ts';

const server = await startTestServer();

const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid()`;

/** By another process, so that this one has not heard of it when it uses the connection next. */
function cutWhileThisProcessStands(url: string): void {
  const script = `const { Client } = await import(process.argv[1]);
    const client = new Client({ connectionString: process.argv[2] });
    await client.connect();
    await client.query(process.argv[3]);
    await client.end();`;
  execFileSync(process.execPath, [
    '--input-type=module',
    '--eval',
    script,
    import.meta.resolve('pg'),
    url,
    CUT,
  ]);
}

if (typeof server === 'string') {
  it.skip(`PostgreSQL: ${server}`, () => {});
} else {
  afterAll(() => server.stop());
  describeDatabase('PostgreSQL', () => postgresUnderTest(server));
  describeQueue('PostgreSQL', () => postgresUnderTest(server));

  describe('a PostgreSQL server', () => {
    it('is migrated once though eight servers start at the same moment', async () => {
      const name = newId('slipway_test');
      await execute(server.urlOf('postgres'), `create database ${name}`);
      const opened = await Promise.all(
        Array.from({ length: 8 }, () =>
          openPostgres(server.urlOf(name), { migrations: MIGRATIONS, connections: 2 }),
        ),
      );
      await opened[0]!.stores.datasets.create('seen by all');
      for (const database of opened) expect(await database.stores.datasets.list()).toHaveLength(1);
      await Promise.all(opened.map((database) => database.close()));
    });

    it('that does not answer is storage.unavailable', async () => {
      const nobody = openPostgres('postgres://slipway@127.0.0.1:1/slipway', { migrations: MIGRATIONS });
      await expect(nobody).rejects.toMatchObject({ code: 'storage.unavailable' });
    });

    it('that drops a connection before a transaction begins, or in its middle, leaves the pool whole', async () => {
      const subject = await postgresUnderTest(server);
      const { url } = subject;
      const database = await openPostgres(url, { migrations: MIGRATIONS, connections: 1 });
      await database.stores.datasets.list(); // the one connection lies idle in the pool
      cutWhileThisProcessStands(url);
      const unbegun = database.transaction(({ datasets }) => datasets.list());
      await expect(unbegun).rejects.toMatchObject({ code: 'storage.unavailable' });
      expect(await database.transaction(({ datasets }) => datasets.list())).toEqual([]);
      const inTheMiddle = database.transaction(async () => execute(url, CUT));
      await expect(inTheMiddle).rejects.toMatchObject({ code: 'storage.unavailable' });
      expect(await database.transaction(({ datasets }) => datasets.list())).toEqual([]);
      await database.close();
      await subject.dispose();
    });

    it('that drops its connections is used again at the next call', async () => {
      const subject = await postgresUnderTest(server);
      await subject.database.stores.datasets.create('before');
      await execute(
        server.urlOf('postgres'),
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'slipway'`,
      );
      await subject.database.stores.datasets.list().catch(() => {});
      expect(await subject.database.stores.datasets.list()).toHaveLength(1);
      await subject.dispose();
    });
  });
}
