import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OPERATIONS, type OperationId } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';
import { shipSmall, smallTable, upload } from './small-table.ts';

let folder: string;
let server: ServerUnderTest;
beforeAll(async () => {
  folder = await newFolder();
  server = await startServer({ folder });
}, 120_000);
afterAll(cleanUp);

async function objectFiles(): Promise<string[]> {
  const entries = await readdir(join(folder, 'objects'), { recursive: true });
  return entries
    .filter((entry) => /[0-9a-f]{64}$/.test(entry))
    .map((entry) => join(folder, 'objects', entry));
}

/** Makes a dataset and gives the files that hold its rows. */
async function addDataset(name: string, rows: number): Promise<string[]> {
  const before = new Set(await objectFiles());
  const { id } = await upload(server.client, smallTable(rows));
  const job = await server.client.call['datasets.add']({ body: { name, uploadId: id } });
  expect(await waitForJob(server.client, job.id)).toMatchObject({ state: 'done' });
  const made = (await objectFiles()).filter((path) => !before.has(path));
  const isParquet = async (path: string) => (await readFile(path)).subarray(0, 4).toString() === 'PAR1';
  const parquet = await Promise.all(made.map(isParquet));
  return made.filter((_, i) => parquet[i]);
}

/** The refusal is one that the operation lists among its failures. */
function expectTold(operation: OperationId, answer: Answer, code: 'object.corrupt' | 'object.missing'): void {
  expectProblem(answer, 409, code);
  expect(OPERATIONS[operation].failures).toContain(code);
}

/** Changes a byte of the file. */
async function damage(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await chmod(path, 0o600);
  await writeFile(path, bytes);
}

const preview = (name: string) =>
  ask(`${server.url}/api/v1/datasets/${name}/versions/latest/preview`, {
    method: 'POST',
    token: server.ownerKey,
    body: {},
  });

describe('an object that was changed on the disk', () => {
  it('is told as damage, 409 object.corrupt, and its content is not given out', async () => {
    const [segment, ...more] = await addDataset('changed', 60);
    expect(more).toEqual([]);
    expect((await preview('changed')).status).toBe(200);
    await damage(segment!);
    expectTold('datasets.preview', await preview('changed'), 'object.corrupt');
  });

  it('also of an upload that is looked at, and of the file that a job made', async () => {
    const { id, sha256 } = await upload(server.client, smallTable(80));
    await damage(join(folder, 'objects', sha256.slice(0, 2), sha256));
    const path = `${server.url}/api/v1/uploads/${id}/inspect`;
    const looked = await ask(path, { method: 'POST', token: server.ownerKey, body: {} });
    expectTold('uploads.inspect', looked, 'object.corrupt');

    await shipSmall(server.client, 'customers');
    const rows = await upload(server.client, smallTable(5), 'rows.csv');
    const job = await server.client.call['endpoints.predictFile']({
      params: { name: 'customers' },
      body: { uploadId: rows.id, format: 'csv' },
    });
    const { output } = (await waitForJob(server.client, job.id)) as { output: { sha256: string } };
    await damage(join(folder, 'objects', output.sha256.slice(0, 2), output.sha256));
    const artifact = await ask(`${server.url}/api/v1/jobs/${job.id}/artifact`, { token: server.ownerKey });
    expectTold('jobs.artifact', artifact, 'object.corrupt');
  });

  it('and one that is gone is told as missing, 409 object.missing', async () => {
    const [segment] = await addDataset('gone', 70);
    await rm(segment!);
    expectTold('datasets.preview', await preview('gone'), 'object.missing');
  });
});
