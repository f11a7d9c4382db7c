import { cp, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { initialisePglite } from './initialise-pglite.ts';
import { openPglite } from './pglite.ts';
import { startEngine } from './pglite-engine.ts';
import { MIGRATIONS } from './pglite-under-test.ts';
import { prepareDatabase, preparedName, unpackDatabase } from './prepared-pglite.ts';

let scratch: string;
/** Folder with the file that holds the prepared database. */
let prepared: string;
let file: string;
/** A database that was made step by step. */
let made: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'slipway-prepared-'));
  prepared = join(scratch, 'dist');
  await mkdir(prepared);
  await writeFile(join(prepared, `empty-database-${'0'.repeat(32)}.tar.gz`), 'of another version');
  await writeFile(join(prepared, 'control.js'), '');
  made = join(scratch, 'made');
  await (await openPglite(made, { migrations: MIGRATIONS })).close();
  file = await prepareDatabase(prepared, MIGRATIONS, (folder) => cp(made, folder, { recursive: true }));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'database');
}

/** Every table, column, index, constraint, trigger and row count of a closed database. */
async function contentOf(folder: string): Promise<unknown> {
  const { pglite } = await startEngine(folder);
  try {
    const { rows: columns } = await pglite.query(
      `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
       where table_schema = 'public' order by 1, 2`,
    );
    const { rows: indexes } = await pglite.query(
      `select indexdef from pg_indexes where schemaname = 'public' order by 1`,
    );
    const { rows: constraints } = await pglite.query(
      `select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace order by 1, 2`,
    );
    const { rows: triggers } = await pglite.query(
      `select pg_get_triggerdef(oid) as trigger from pg_trigger where not tgisinternal order by 1`,
    );
    const { rows: migrations } = await pglite.query('select number, hash from slipway_migrations order by 1');
    const tables = new Set(columns.map((column) => (column as { table_name: string }).table_name));
    const rows: [string, unknown][] = [];
    for (const table of tables)
      rows.push([table, (await pglite.query(`select count(*)::int as n from "${table}"`)).rows[0]]);
    return { columns, indexes, constraints, triggers, migrations, rows };
  } finally {
    await pglite.close();
  }
}

it('a prepared database holds what one made step by step holds', async () => {
  const folder = await newFolder();
  await initialisePglite(folder, file);
  expect(await contentOf(folder)).toEqual(await contentOf(made));
});

it('a new folder begins with the prepared database, and serves', async () => {
  const folder = await newFolder();
  const database = await openPglite(folder, { migrations: MIGRATIONS, prepared });
  onTestFinished(() => database.close());
  expect(await systemIdentifierOf(folder)).toBe(await systemIdentifierOf(made));
  const kept = await database.stores.pipelineRuns.create({ name: newId('j'), kind: 'ship', request: null });
  expect(await database.stores.pipelineRuns.get(kept.id)).toEqual(kept);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'PG_VERSION'))).mode & 0o777).toBe(0o600);
});

/** What initdb draws for each cluster that it makes: the first field of pg_control. */
async function systemIdentifierOf(folder: string): Promise<bigint> {
  return (await readFile(join(folder, 'global', 'pg_control'))).readBigUInt64LE(0);
}

it('a file that is no archive cannot be unpacked, and one that is cut off is passed over', async () => {
  const content = await readFile(file);
  const broken = join(scratch, 'broken.tar.gz');
  const folder = await newFolder();
  await writeFile(broken, 'no archive');
  await mkdir(folder);
  await expect(unpackDatabase(broken, folder)).rejects.toThrow();
  await rm(folder, { recursive: true });

  await writeFile(broken, content.subarray(0, content.length - 20_000));
  await initialisePglite(folder, broken);
  expect(await systemIdentifierOf(folder)).not.toBe(await systemIdentifierOf(made));
  expect(await readdir(join(folder, '..'))).toEqual(['database']);
});

it('the file is made once, named after the migrations, and those of other versions are removed', async () => {
  expect(await readdir(prepared)).toEqual(['control.js', preparedName(MIGRATIONS)]);
  const before = await stat(file);
  const never = () => Promise.reject(new Error('made twice'));
  expect(await prepareDatabase(prepared, MIGRATIONS, never)).toBe(file);
  expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);

  const others = join(scratch, 'migrations');
  await cp(MIGRATIONS, others, { recursive: true });
  const last = (await readdir(others))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .at(-1)!;
  const handle = await open(join(others, last), 'a');
  await handle.write('\n-- another line\n');
  await handle.close();
  expect(preparedName(others)).not.toBe(preparedName(MIGRATIONS));
});
