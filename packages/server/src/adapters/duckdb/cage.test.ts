import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCage } from './cage.ts';

let folder: string;
let connection: DuckDBConnection;
let close: () => void;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-cage-'));
  await writeFile(join(folder, 'given.csv'), 'a\n1\n');
  await writeFile(join(folder, 'other.csv'), 'a\n1\n');
  const cage = await openCage({
    folder: join(folder, 'scratch'),
    reads: [join(folder, 'given.csv')],
    memoryLimitBytes: 128e6,
    threads: 1,
  });
  connection = cage.connection;
  close = () => {
    cage.connection.closeSync();
    cage.instance.closeSync();
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
  ['taking more memory', () => `SET memory_limit = '100GB'`],
])('%s is denied', async (_, sql) => {
  await expect(connection.run(sql())).rejects.toThrow(
    /Permission|disabled|locked|cannot be|not (?:allowed|found)|Cannot/i,
  );
});
