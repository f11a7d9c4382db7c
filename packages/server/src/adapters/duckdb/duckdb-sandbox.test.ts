import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDuckdbSandbox } from './duckdb-sandbox.ts';
import { translated } from './errors.ts';

let folder: string;
let connection: DuckDBConnection;
let close: () => void;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-cage-'));
  await writeFile(join(folder, 'given.csv'), 'a\n1\n');
  await writeFile(join(folder, 'other.csv'), 'a\n1\n');
  await mkdir(join(folder, 'scratch'));
  const sandbox = await openDuckdbSandbox({
    folder: join(folder, 'scratch'),
    reads: [join(folder, 'given.csv')],
    memoryLimitBytes: 128e6,
    spillLimitBytes: 1e9,
    threads: 1,
  });
  connection = sandbox.connection;
  close = () => {
    sandbox.connection.closeSync();
    sandbox.instance.closeSync();
  };
});
afterAll(async () => {
  close();
  await rm(folder, { recursive: true, force: true });
});

test('the given file can be read', async () => {
  const result = await connection.run(`SELECT count(*) FROM '${join(folder, 'given.csv')}'`);
  expect(await result.getRows()).toEqual([[1n]]);
});

test('what does not fit into memory takes so much disk at most, and the failure says so', async () => {
  const spilling = await openDuckdbSandbox({
    ...{ folder: join(folder, 'scratch'), reads: [], threads: 1 },
    ...{ memoryLimitBytes: 32e6, spillLimitBytes: 4e6 },
  });
  const failure = await spilling.connection
    .run('CREATE TABLE hashes AS SELECT hash(i) h, hash(i + 1) g FROM range(6000000) t(i)')
    .then(() => undefined, translated);
  spilling.connection.closeSync();
  spilling.instance.closeSync();
  expect(failure).toMatchObject({
    code: 'file.needs-disk',
    hint: expect.stringContaining('ingest.maxScratchBytes'),
  });
});

test.each([
  ['a file beside it', () => `SELECT * FROM '${folder}/other.csv'`],
  ['a way out of the folder', () => `SELECT * FROM '${folder}/scratch/../other.csv'`],
  ['a file of the system', () => `SELECT * FROM read_text('/etc/passwd')`],
  ['listing files', () => `SELECT * FROM glob('/etc/*')`],
  ['writing elsewhere', () => `COPY (SELECT 1) TO '${folder}/written.csv'`],
  ['attaching a database', () => `ATTACH '${folder}/x.db'`],
  ['installing an extension', () => 'INSTALL httpfs'],
  ['loading an extension', () => 'LOAD httpfs'],
  ['an address', () => `SELECT * FROM 'http://127.0.0.1:9/x.parquet'`],
  ['opening the cage', () => 'SET enable_external_access = true'],
  ['taking more disk', () => `SET max_temp_directory_size = '100GB'`],
  ['taking more memory', () => `SET memory_limit = '100GB'`],
])('%s is denied', async (_, sql) => {
  await expect(connection.run(sql())).rejects.toThrow(
    /Permission|disabled|locked|cannot be|not (?:allowed|found)|Cannot/i,
  );
});
