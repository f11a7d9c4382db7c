import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, newFolder, type Platform, startPlatform } from './slipway.ts';

const run = promisify(execFile);
const ARCHIVES = fileURLToPath(new URL('data-folders/', import.meta.url));

/** A copy of a data folder that an earlier version left. */
async function formerFolder(name: string): Promise<string> {
  const folder = await newFolder();
  await run('tar', ['xzf', join(ARCHIVES, `${name}.tar.gz`), '-C', dirname(folder), '--no-same-owner']);
  await rename(join(dirname(folder), 'folder'), folder);
  return folder;
}

afterAll(cleanUp);

describe('a data folder of before pipeline runs had their name', () => {
  let platform: Platform;

  beforeAll(async () => {
    platform = await startPlatform({ folder: await formerFolder('before-pipeline-runs') });
  });

  it('keeps its pipeline runs, their stages, their results and the training runs of each', async () => {
    const { pipelineRuns } = await platform.client.call['pipelineRuns.list']({ query: {} });
    expect(pipelineRuns.map(({ kind, name, state }) => [kind, name, state])).toEqual([
      ['retrain', 'churn', 'done'],
      ['ship', 'churn', 'done'],
    ]);
    for (const { id, result } of pipelineRuns) {
      expect(result).toMatchObject({ console: expect.stringMatching(new RegExp(`/pipeline-runs/${id}$`)) });
      const found = await platform.client.call['pipelineRuns.get']({ params: { id }, query: {} });
      expect(found.stages.filter(({ state }) => state === 'done').length).toBeGreaterThan(5);
    }
    const { runs } = await platform.client.call['runs.list']({ query: {} });
    expect(runs.map(({ pipelineRunId }) => pipelineRunId)).toEqual(
      expect.arrayContaining(pipelineRuns.map(({ id }) => id)),
    );
  });

  it('serves what it served, and a change of it works', async () => {
    const rows = [{ age: 30, income: 40.5, plan: 'free', city: 'Oslo', signup: '2024-05-01' }];
    const ask = async () => {
      const { secret } = await platform.answer<{ secret: string }>(['endpoints', 'token', 'churn']);
      const { url } = await platform.client.call['endpoints.get']({ params: { name: 'churn' } });
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ rows }),
      });
      expect(response.status).toBe(200);
      return (await response.json()) as { model: { version: number }; predictions: unknown[] };
    };
    expect((await ask()).model.version).toBe(2);
    await platform.answer(['rollback', 'churn']);
    expect((await ask()).model.version).toBe(1);
  });

  it('keeps its audit log whole, its label queue, its labels and its keys', async () => {
    expect(await platform.client.call['audit.verify']()).toMatchObject({ intact: true });
    const { queues } = await platform.client.call['labelling.list']();
    expect(queues).toMatchObject([{ name: 'gaps-churned', state: 'open', progress: { tasks: 14 } }]);
    const { keys } = await platform.client.call['keys.list']();
    expect(keys.map(({ name, role }) => [name, role])).toEqual([
      ['reader', 'viewer'],
      ['owner', 'owner'],
    ]);
    const { batches } = await platform.client.call['batches.list']();
    expect(batches).toMatchObject([{ state: 'done' }]);
  });
});
