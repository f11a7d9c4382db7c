import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Client } from '@slipway/sdk';
import { afterAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../packages/server/src/adapters/database/pglite-engine.ts';
import { ask } from './requests.ts';
import { cleanUp, newFolder, type ServerUnderTest, startServer } from './server-under-test.ts';
import { beginShip, smallTable, upload } from './small-table.ts';

/** How often the server is killed: few times in passing, `SLIPWAY_TEST_ROUNDS=30` for the figure that is promised. */
const ROUNDS = Number(process.env['SLIPWAY_TEST_ROUNDS'] ?? 5);
const ENDPOINT = 'steady';
/** Reading every upload back would take longer than everything else. */
const UPLOADS_READ = 20;

afterAll(cleanUp);

/** What the client was told is done, and what it asked for without hearing the end. */
type Metadata = {
  keys: Map<string, string>;
  revoked: Set<string>;
  uploads: Map<string, string>;
  /** Jobs that make datasets, by the dataset's name. */
  imports: Map<string, string>;
  labels: Set<string>;
  askedKeys: Set<string>;
  /** Keys whose end was asked for: it may have come without our hearing of it. */
  askedRevokes: Set<string>;
  askedDatasets: Set<string>;
  askedLabels: Set<string>;
};

const newMetadata = (): Metadata => ({
  keys: new Map(),
  revoked: new Set(),
  uploads: new Map(),
  imports: new Map(),
  labels: new Set(),
  askedKeys: new Set(),
  askedRevokes: new Set(),
  askedDatasets: new Set(),
  askedLabels: new Set(),
});

/** One who writes again and again until the server is gone, and notes what was acknowledged. */
type Writer = (client: Client, metadata: Metadata, round: string) => Promise<void>;

const WRITERS: Writer[] = [
  async (client, metadata, round) => {
    for (let turn = 0; ; turn++) {
      const name = `key-${round}-${turn}`;
      metadata.askedKeys.add(name);
      const key = await client.call['keys.create']({ body: { name, role: 'viewer' } });
      metadata.keys.set(name, key.secret);
      if (turn % 3 !== 2) continue;
      metadata.askedRevokes.add(name);
      await client.call['keys.revoke']({ params: { id: key.id } });
      metadata.revoked.add(name);
    }
  },
  async (client, metadata) => {
    for (;;) {
      const bytes = randomBytes(200_000);
      const { id, sha256 } = await upload(client, bytes, 'noise.bin');
      expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      metadata.uploads.set(id, sha256);
    }
  },
  async (client, metadata, round) => {
    for (let turn = 0; ; turn++) {
      const name = `set-${round}-${turn}`;
      const { id: uploadId } = await upload(client, smallTable(50 + turn));
      metadata.askedDatasets.add(name);
      metadata.imports.set(name, (await client.call['datasets.add']({ body: { name, uploadId } })).id);
    }
  },
  async (client, metadata, round) => {
    for (let turn = 0; ; turn++) {
      const id = `p_${round}-${turn}`;
      metadata.askedLabels.add(id);
      const labels = [{ id, value: 'yes' }];
      const { accepted } = await client.call['labels.add']({ params: { name: ENDPOINT }, body: { labels } });
      expect(accepted).toBe(1);
      metadata.labels.add(id);
    }
  },
];

/** How many writes of each kind the client was told are done. */
function acknowledged({ keys, uploads, imports, labels }: Metadata) {
  return { keys: keys.size, uploads: uploads.size, imports: imports.size, labels: labels.size };
}

/** Everything acknowledged is there and whole; nothing is there that nobody asked for. */
async function expectKept(server: ServerUnderTest, metadata: Metadata): Promise<void> {
  const { client, url } = server;
  const { keys } = await client.call['keys.list']();
  const byName = new Map(keys.map((key) => [key.name, key]));
  for (const [name, secret] of metadata.keys) {
    expect(byName.get(name), `${name} was acknowledged`).toMatchObject({
      prefix: secret.slice(0, byName.get(name)!.prefix.length),
    });
    if (metadata.revoked.has(name)) expect(byName.get(name)!.revokedAt, `${name} was revoked`).not.toBeNull();
  }
  const strangers = keys.filter(({ name }) => name !== 'owner' && !metadata.askedKeys.has(name));
  expect(strangers).toEqual([]);
  expect(byName.size).toBe(keys.length);

  const audit = await client.call['audit.list']({ query: { limit: 1000 } });
  expect({ intact: audit.intact, brokenAt: audit.brokenAt }).toEqual({ intact: true, brokenAt: null });
  const [last] = [...metadata.keys].filter(([name]) => !metadata.askedRevokes.has(name)).slice(-1);
  if (last !== undefined) expect((await ask(`${url}/api/v1/status`, { token: last[1] })).status).toBe(200);
}

/** Every import that was acknowledged up to this round comes to its end. */
async function expectDone({ client }: ServerUnderTest, metadata: Metadata, round: number): Promise<void> {
  for (const [name, id] of metadata.imports) {
    if (Number(name.split('-')[1]) > round) continue;
    expect(await waitForEnd(client, id), `${name} was acknowledged`).toMatchObject({
      state: 'done',
      failure: null,
    });
  }
}

/** Every import made its dataset once, and no dataset is there that nobody asked for. */
async function expectImports({ client }: ServerUnderTest, metadata: Metadata): Promise<void> {
  const { datasets } = await client.call['datasets.list']();
  const versions = new Map(datasets.map((dataset) => [dataset.name, dataset.versions]));
  for (const name of metadata.imports.keys()) expect(versions.get(name), name).toBe(1);
  const asked = new Set([...metadata.askedDatasets, ENDPOINT]);
  expect([...versions.keys()].filter((name) => !asked.has(name))).toEqual([]);
}

/** Random bytes are no table: that is said only of bytes that were found and are whole. */
async function expectUploads({ client }: ServerUnderTest, metadata: Metadata): Promise<void> {
  for (const uploadId of [...metadata.uploads.keys()].slice(-UPLOADS_READ)) {
    const job = await client.call['datasets.add']({ body: { name: 'noise', uploadId } });
    expect((await waitForEnd(client, job.id)).failure?.code).toBe('file.binary');
  }
}

async function expectLabels(folder: string, metadata: Metadata): Promise<void> {
  const { pglite } = await startEngine(join(folder, 'database'));
  const { rows } = await pglite.query<{ id: string }>('SELECT prediction_id AS id FROM labels');
  await pglite.close();
  const kept = new Set(rows.map(({ id }) => id));
  expect([...metadata.labels].filter((id) => !kept.has(id))).toEqual([]);
  expect([...kept].filter((id) => !metadata.askedLabels.has(id))).toEqual([]);
}

async function waitForEnd(client: Client, id: string) {
  for (;;) {
    const job = await client.call['jobs.get']({ params: { id } });
    if (job.state !== 'queued' && job.state !== 'running') return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe(`a server that is killed ${ROUNDS} times at random under writes`, () => {
  it(
    'loses nothing that it acknowledged, invents nothing, and starts again without help',
    async () => {
      const folder = await newFolder();
      const set = [`http.port=${await freePort()}`, `http.inferencePort=${await freePort()}`];
      const metadata = newMetadata();
      const starts: number[] = [];
      let server = await startServer({ folder, set });
      await shipOnce(server.client);
      for (let round = 0; round < ROUNDS; round++) {
        const { client } = server;
        const writing = WRITERS.map((write, index) =>
          write(client, metadata, `${round}-${index}`).catch((error: unknown) => error),
        );
        // On a busy machine a random moment may come before the first answers, and nothing acknowledged could be lost.
        if (round === 0)
          await eventually(() => Object.values(acknowledged(metadata)).every((count) => count > 0));
        await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 2_500));
        await server.end('SIGKILL');
        for (const stopped of await Promise.all(writing)) {
          expect(stopped).toMatchObject({ code: 'server.unreachable' });
        }
        server = await startServer({ folder, set });
        starts.push(server.startMs);
        await expectKept(server, metadata);
        // A job that is hit by every kill is given up at last: the older ones get the time that they need.
        await expectDone(server, metadata, round - 3);
      }
      await expectUploads(server, metadata);
      await expectDone(server, metadata, ROUNDS);
      await expectImports(server, metadata);
      await server.end('SIGTERM');
      await expectLabels(folder, metadata);
      const counts = acknowledged(metadata);
      expect(Object.values(counts).every((count) => count > 0)).toBe(true);
      const slowest = Math.max(...starts);
      process.stderr.write(
        `kill -9: ${ROUNDS} rounds, acknowledged ${JSON.stringify(counts)}, starts ${starts.map((ms) => (ms / 1000).toFixed(2)).join(' ')} s, slowest ${(slowest / 1000).toFixed(2)} s\n`,
      );
    },
    120_000 + ROUNDS * 30_000,
  );
});

async function shipOnce(client: Client): Promise<void> {
  const { id } = await beginShip(client, ENDPOINT);
  for (let after: string | undefined; ; ) {
    const { state, tag } = await client.call['pipelineRuns.get']({ params: { id }, query: { after } });
    after = tag;
    if (state === 'done') return;
    expect(state).toBe('running');
  }
}
