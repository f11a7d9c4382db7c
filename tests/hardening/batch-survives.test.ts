import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, followPipelineRun } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';
import { smallTable, upload } from './small-table.ts';

const LONG = 180_000;
const patience = { timeout: 90_000, interval: 20 };
const ROWS = 14_000;

let folder: string;
let server: ServerUnderTest;
let client: Client;
beforeAll(async () => {
  folder = await newFolder();
  server = await startServer({ folder });
  client = server.client;
  const { id } = await upload(client, smallTable());
  const body = {
    uploadId: id,
    name: 'small',
    target: 'left',
    learner: 'boosted-trees',
    trials: 1,
    budgetSeconds: 5,
  };
  const { id: pipelineRun } = await client.call['pipelineRuns.train']({ body });
  expect((await followPipelineRun(client, pipelineRun, () => {})).state).toBe('done');
}, LONG);
afterAll(cleanUp);

/** Explained, so that there is something to interrupt: some parts, each of a moment's work. */
async function begin() {
  const [heading, ...rows] = smallTable(ROWS).trimEnd().split('\n');
  const content = [`number,${heading}`, ...rows.map((row, number) => `${number},${row}`)].join('\n');
  const { id: uploadId } = await upload(client, content, 'many.csv');
  const body = { model: 'small', uploadId, format: 'csv' as const, keep: ['number'], explain: true };
  return client.call['batches.start']({ body });
}

const shelfOf = (batch: { id: string }) => join(folder, 'shelves', batch.id);
const partsOf = async (batch: { id: string }) =>
  (await readdir(shelfOf(batch)).catch(() => [])).filter((name) => name.startsWith('answers'));

function parts(batch: { id: string }, atLeast: number): Promise<number> {
  return vi.waitFor(async () => {
    const { length } = await partsOf(batch);
    expect(length).toBeGreaterThanOrEqual(atLeast);
    return length;
  }, patience);
}

async function worker(): Promise<number> {
  const { processes } = await client.call['system.status']();
  return processes.find(({ name }) => name === 'job batch')!.pid;
}

function done({ id }: { id: string }) {
  return vi.waitFor(async () => {
    const batch = await client.call['batches.get']({ params: { id } });
    expect(batch).toMatchObject({ state: 'done', failure: null });
    return batch;
  }, patience);
}

async function linesOf({ id }: { id: string }): Promise<string[]> {
  let text = '';
  for await (const chunk of await client.call['batches.result']({ params: { id } }))
    text += Buffer.from(chunk).toString();
  return text.trimEnd().split('\n');
}

describe('a batch', () => {
  it(
    'whose worker and then whose server is killed goes on, and no row is twice or lost',
    async () => {
      const batch = await begin();
      const before = await parts(batch, 1);
      process.kill(await worker(), 'SIGKILL');
      await parts(batch, before + 1);
      await server.end('SIGKILL');
      const kept = await partsOf(batch);
      server = await startServer({ folder });
      client = server.client;
      expect(await partsOf(batch)).toEqual(expect.arrayContaining(kept));
      const { result } = await done(batch);
      expect(result).toMatchObject({ rows: ROWS, filename: 'many.predictions.csv' });

      const [heading, ...lines] = await linesOf(batch);
      expect(heading).toBe(
        'number,prediction,probability_no,probability_yes,expected,contribution_age,contribution_plan,contribution_city',
      );
      expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(
        Array.from({ length: ROWS }, (_, i) => i),
      );
      const { jobs } = await client.call['jobs.list']();
      expect(jobs.find(({ id }) => id === batch.id)!.attempts).toBeGreaterThanOrEqual(2);
    },
    LONG,
  );

  it(
    'that is cancelled leaves nothing',
    async () => {
      const batch = await begin();
      await parts(batch, 1);
      expect((await client.call['batches.cancel']({ params: { id: batch.id } })).state).toBe('cancelled');
      await vi.waitFor(() => expect(existsSync(shelfOf(batch))).toBe(false), patience);
      await vi.waitFor(async () => expect(await readdir(join(folder, 'work'))).toEqual([]), patience);
      await expect(client.call['batches.result']({ params: { id: batch.id } })).rejects.toMatchObject({
        code: 'job.no-artifact',
      });
    },
    LONG,
  );

  it(
    'is seen by who began it and by who may read pipeline runs, and a key to predict cannot reach datasets by it',
    async () => {
      const keyOf = async (role: 'predictor' | 'viewer', name: string) => {
        const { secret } = await client.call['keys.create']({ body: { name, role } });
        return secret;
      };
      const ask = (token: string, path: string, body?: unknown) =>
        fetch(`${server.url}/api/v1/batches${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const [predictor, viewer] = [await keyOf('predictor', 'p'), await keyOf('viewer', 'v')];
      const { batches } = await client.call['batches.list']();
      const { id } = batches[0]!;
      expect((await ask(viewer, `/${id}`)).status).toBe(200);
      expect((await ask(viewer, '', { model: 'small', dataset: { name: 'small' } })).status).toBe(403);
      expect((await ask(predictor, `/${id}`)).status).toBe(404);
      expect((await ask(predictor, `/${id}/result`)).status).toBe(404);
      expect(await (await ask(predictor, '')).json()).toEqual({ batches: [] });
      expect((await ask(predictor, '', { model: 'small', dataset: { name: 'small' } })).status).toBe(403);
    },
    LONG,
  );
});
