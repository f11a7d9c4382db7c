import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overHttp, overSdk } from './clients.ts';
import { cleanUp, PENGUINS, type Platform, startPlatform } from './slipway.ts';
import { walkThePipelineRun } from './walk.ts';

const MINUTES = 60_000;

afterAll(cleanUp);

describe('the whole lifecycle by program', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 2 * MINUTES);

  it(
    'works over plain HTTP, every answer as the contract says',
    () => walkThePipelineRun(overHttp(platform.url, platform.ownerKey), 'over-http'),
    4 * MINUTES,
  );

  it(
    'works through the SDK alone',
    () => walkThePipelineRun(overSdk(platform.url, platform.ownerKey), 'over-sdk'),
    4 * MINUTES,
  );

  it('a forecast without the column that holds the time is refused at once', async () => {
    const uploadId = await overHttp(platform.url, platform.ownerKey).upload(PENGUINS, 'penguins.json');
    const body = { uploadId, target: 'Sex', task: 'forecast' as const };
    await expect(platform.client.call['pipelineRuns.ship']({ body })).rejects.toMatchObject({
      code: 'forecast.time-needed',
      path: 'time',
    });
  });
});
