import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, expectProblem } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';
import { smallTable, upload } from './small-table.ts';

const LONG = 180_000;
const LIMIT_BYTES = 10_000;

let server: ServerUnderTest;
beforeAll(async () => {
  const set = [`http.maxUploadedBytesPerKey=${LIMIT_BYTES}`];
  server = await startServer({ folder: await newFolder(), set });
}, LONG);
afterAll(cleanUp);

async function newKey(name: string, role: 'editor' | 'predictor' | 'viewer') {
  const { id, secret } = await server.client.call['keys.create']({ body: { name, role } });
  return { id, secret, client: createClient({ server: server.url, token: secret }) };
}

const bytesOf = (size: number, letter: string) => Buffer.from(letter.repeat(size));
const objectPath = (sha256: string) => join(server.folder, 'objects', sha256.slice(0, 2), sha256);

async function entriesOf(subject: string) {
  const { entries } = await server.client.call['audit.list']({ query: { limit: 100 } });
  return entries.filter((entry) => entry.what === 'uploads.delete' && entry.subject === subject);
}

describe('an upload that is deleted', () => {
  it('gives its bytes back to the quota of its key, is erased, and is in the audit log', async () => {
    const { id: keyId, client } = await newKey('full', 'predictor');
    const first = await upload(client, bytesOf(LIMIT_BYTES, 'a'), 'first.csv');
    await expect(upload(client, bytesOf(1, 'b'))).rejects.toMatchObject({ code: 'upload.quota-spent' });
    expect(await client.call['uploads.list']()).toMatchObject({
      uploads: [{ id: first.id, filename: 'first.csv', bytes: LIMIT_BYTES, key: keyId }],
      total: 1,
      usedBytes: LIMIT_BYTES,
      limitBytes: LIMIT_BYTES,
    });
    expect(existsSync(objectPath(first.sha256))).toBe(true);
    expect(await client.call['uploads.delete']({ params: { id: first.id } })).toEqual({
      deleted: true,
      erased: true,
    });
    expect(existsSync(objectPath(first.sha256))).toBe(false);
    expect(await client.call['uploads.list']()).toMatchObject({ uploads: [], total: 0, usedBytes: 0 });
    await upload(client, bytesOf(LIMIT_BYTES, 'c'));
    expect(await entriesOf(first.id)).toMatchObject([{ who: 'full', principal: keyId }]);
    await expect(client.call['uploads.delete']({ params: { id: first.id } })).rejects.toMatchObject({
      code: 'upload.missing',
    });
  });

  it('keeps the bytes that another upload has, and those of a job', async () => {
    const [one, other] = [await newKey('one', 'editor'), await newKey('other', 'editor')];
    const same = bytesOf(100, 'd');
    const [first, second] = [await upload(one.client, same), await upload(other.client, same)];
    expect(await one.client.call['uploads.delete']({ params: { id: first.id } })).toMatchObject({
      erased: false,
    });
    expect(existsSync(objectPath(second.sha256))).toBe(true);

    const table = await upload(one.client, smallTable(40));
    const job = await one.client.call['datasets.add']({ body: { name: 'kept', uploadId: table.id } });
    expect(await one.client.call['uploads.delete']({ params: { id: table.id } })).toMatchObject({
      erased: false,
    });
    expect(await ended(one.client, job.id)).toMatchObject({ state: 'done' });
  });

  async function ended(client: Client, id: string) {
    for (;;) {
      const job = await client.call['jobs.get']({ params: { id } });
      if (job.state !== 'queued' && job.state !== 'running') return job;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('is that of its own key, unless the role covers those of others', async () => {
    const [owner, predictor, editor] = [
      await newKey('maker', 'predictor'),
      await newKey('stranger', 'predictor'),
      await newKey('editor', 'editor'),
    ];
    const { id } = await upload(owner.client, bytesOf(50, 'e'));
    const path = `${server.url}/api/v1/uploads`;
    const refused = await ask(`${path}/${id}`, { method: 'DELETE', token: predictor.secret });
    expectProblem(refused, 404, 'upload.missing');
    expect(await predictor.client.call['uploads.list']()).toMatchObject({ uploads: [], total: 0 });
    expectProblem(await ask(`${path}?keys=all`, { token: predictor.secret }), 403, 'access.forbidden');
    const { uploads } = await editor.client.call['uploads.list']({ query: { keys: 'all' } });
    expect(uploads.map((one) => one.id)).toContain(id);
    expect(await editor.client.call['uploads.delete']({ params: { id } })).toMatchObject({ deleted: true });
  });
});
