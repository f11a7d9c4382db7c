import { afterAll, expect, it } from 'vitest';
import { openNewPglite } from '../../packages/server/src/adapters/database/pglite-under-test.ts';
import { cleanUp, newFolder, startServer } from './server-under-test.ts';

afterAll(cleanUp);

it('events are read from where the last reading stopped, and waited for', async () => {
  const folder = await newFolder();
  const first = await startServer({ folder });
  expect(await first.end('SIGTERM')).toBe(0);
  const database = await openNewPglite(`${folder}/database`);
  for (const subject of ['a', 'b', 'c'])
    await database.stores.outbox.add({ topic: 'endpoint.promote', subject, payload: { to: 1 } });
  await database.close();

  const server = await startServer({ folder });
  const read = (query: object) => server.client.call['events.list']({ query } as never);
  const { events } = await read({ limit: 2 });
  expect(events).toMatchObject([
    { subject: 'a', topic: 'endpoint.promote', payload: { to: 1 } },
    { subject: 'b' },
  ]);
  const rest = await read({ after: events.at(-1)!.sequence });
  expect(rest.events.map(({ subject }) => subject)).toEqual(['c']);
  const none = await read({ after: rest.events.at(-1)!.sequence, wait: 1 });
  expect(none.events).toEqual([]);
  expect(await server.end('SIGTERM')).toBe(0);
}, 120_000);
