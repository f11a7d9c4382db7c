import type { Status } from '@slipway/contract';
import { afterAll, describe, expect, it } from 'vitest';
import { execute, startTestServer } from '../../packages/server/src/adapters/database/postgres-under-test.ts';
import { overSdk } from './clients.ts';
import { cleanUp, startPlatform } from './slipway.ts';
import { walkThePipelineRun } from './walk.ts';

const MINUTES = 60_000;
const DATABASE = 'slipway_lifecycle';

const server = await startTestServer();
const missing = typeof server === 'string' ? server : undefined;

afterAll(async () => {
  await cleanUp();
  if (typeof server === 'object') await server.stop();
});

describe.skipIf(missing !== undefined)(
  `the whole lifecycle on PostgreSQL${missing ? ` (${missing})` : ''}`,
  () => {
    it(
      'keeps its metadata in the database that SLIPWAY_DATABASE_URL names, over a restart',
      async () => {
        if (typeof server === 'string') return;
        await execute(server.urlOf('postgres'), `create database ${DATABASE}`);
        const env = { SLIPWAY_DATABASE_URL: server.urlOf(DATABASE) };
        const platform = await startPlatform({ env });
        expect((await platform.answer<Status>(['status'])).database).toBe('postgres');
        await walkThePipelineRun(overSdk(platform.url, platform.ownerKey), 'on-postgres');
        expect(await platform.stop()).toBe(0);

        const again = await startPlatform({ env, folder: platform.folder });
        const { endpoints } = await again.client.call['endpoints.list']();
        expect(endpoints).toMatchObject([{ name: 'on-postgres', version: 1, state: 'ready' }]);
        expect(await again.stop()).toBe(0);
        await execute(server.urlOf('postgres'), `drop database ${DATABASE} with (force)`);
      },
      5 * MINUTES,
    );
  },
);
