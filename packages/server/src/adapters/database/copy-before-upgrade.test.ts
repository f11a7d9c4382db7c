import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { openPglite } from './pglite.ts';
import { MIGRATIONS, placeEmptyPglite } from './pglite-under-test.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-upgrade-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The migrations of a newer version: ours and one more. */
async function withOneMore(statement: string): Promise<string> {
  const folder = join(await newFolder(), 'migrations');
  await cp(MIGRATIONS, folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(await readFile(path, 'utf8')) as { entries: { idx: number; when: number }[] };
  const last = journal.entries.at(-1)!;
  journal.entries.push({ ...last, idx: last.idx + 1, when: last.when + 1, ...{ tag: '9999_newer' } });
  await writeFile(path, JSON.stringify(journal));
  await writeFile(join(folder, '9999_newer.sql'), statement);
  return folder;
}

/** A database of this version with one pipeline run in it, closed; its folder. */
async function databaseWithAPipelineRun(): Promise<{ folder: string; parent: string; pipelineRun: string }> {
  const parent = await newFolder();
  const folder = join(parent, 'database');
  await placeEmptyPglite(folder);
  const database = await openPglite(folder, { migrations: MIGRATIONS });
  const { id } = await database.stores.pipelineRuns.create({ name: newId('j'), kind: 'ship', request: null });
  await database.close();
  return { folder, parent, pipelineRun: id };
}

async function pipelineRunsIn(folder: string, migrations = MIGRATIONS): Promise<string[]> {
  const database = await openPglite(folder, { migrations });
  const found = await database.stores.pipelineRuns.list();
  await database.close();
  return found.map(({ id }) => id);
}

const copiesIn = async (parent: string) =>
  (await readdir(parent)).filter((name) => name !== 'database').sort();

it('a failing migration changes nothing: the old version opens the same data', async () => {
  const { folder, parent, pipelineRun } = await databaseWithAPipelineRun();
  const failing = await withOneMore(
    'drop table jobs cascade;\n--> statement-breakpoint\nselect planted_failure();',
  );
  await expect(openPglite(folder, { migrations: failing })).rejects.toThrow(/planted_failure/);
  expect(await pipelineRunsIn(folder)).toEqual([pipelineRun]);
  expect(await copiesIn(parent)).toHaveLength(1);
});

it('an upgrade leaves the former database beside the new one, by which the old version starts again', async () => {
  const { folder, parent, pipelineRun } = await databaseWithAPipelineRun();
  const newer = await withOneMore('drop table jobs cascade;');
  const upgraded = await openPglite(folder, { migrations: newer });
  await upgraded.close();
  await expect(openPglite(folder, { migrations: MIGRATIONS })).rejects.toMatchObject({
    code: 'storage.newer',
  });

  const [copy] = await copiesIn(parent);
  expect(copy).toMatch(/^database\.before-\d+$/);
  await rm(folder, { recursive: true });
  await rename(join(parent, copy!), folder);
  expect(await pipelineRunsIn(folder)).toEqual([pipelineRun]);
});

it('a start without a migration copies nothing', async () => {
  const { folder, parent } = await databaseWithAPipelineRun();
  await pipelineRunsIn(folder);
  expect(await copiesIn(parent)).toEqual([]);
});
