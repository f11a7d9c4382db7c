import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { createDuckdbTables } from './duckdb-tables.ts';

it('a workspace removes its own scratch folder when it is closed or cannot be opened, and nothing beside', async () => {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'slipway-scratch-'));
  onTestFinished(() => rm(scratchFolder, { recursive: true, force: true }));
  await placeFiles(scratchFolder, ['mine.csv', 'table-mine/rows.csv', 'table-']);
  const before = await filesOf(scratchFolder);

  const tables = createDuckdbTables({ scratchFolder, memoryLimitBytes: 128e6, threads: 1 });
  const workspace = await tables.open({ reads: [] });
  await workspace.write('rows.csv', chunksOf('a\n1\n'));
  expect(Object.keys(await filesOf(scratchFolder)).length).toBeGreaterThan(Object.keys(before).length);
  await workspace.close();
  expect(await filesOf(scratchFolder)).toEqual(before);

  const impossible = createDuckdbTables({ scratchFolder, memoryLimitBytes: Number.NaN, threads: -1 });
  await expect(impossible.open({ reads: [] })).rejects.toThrow();
  expect(await filesOf(scratchFolder)).toEqual(before);
});

it('a column that does not fit removes the file that it began, and nothing beside', async () => {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'slipway-scratch-'));
  onTestFinished(() => rm(scratchFolder, { recursive: true, force: true }));
  await placeFiles(scratchFolder, ['0-segment.parquet', 'mine.csv']);
  const before = await filesOf(scratchFolder);
  const path = join(scratchFolder, 'given.ndjson');
  await writeFile(path, '{"a":"no number"}\n');
  const tables = createDuckdbTables({ scratchFolder, memoryLimitBytes: 128e6, threads: 1 });
  const workspace = await tables.open({ reads: [path] });
  const { path: file } = await workspace.convertJson(path, 'ndjson');
  const source = { format: 'parquet' as const, path: file };
  const [column] = await workspace.describe(source);
  const planned = {
    name: 'a',
    from: column!,
    reading: { as: 'number' as const, decimal: '.' as const, thousands: '' as const },
  };
  expect(await workspace.store(source, [planned])).toBeNull();
  await workspace.close();
  expect(await filesOf(scratchFolder)).toMatchObject(before);
});

it('a workspace writes so many bytes of temporary files at most, and says by which setting', async () => {
  const scratchFolder = await mkdtemp(join(tmpdir(), 'slipway-scratch-'));
  onTestFinished(() => rm(scratchFolder, { recursive: true, force: true }));
  const limited = { scratchFolder, memoryLimitBytes: 128e6, threads: 1, maxScratchBytes: 2_000_000 };
  const workspace = await createDuckdbTables(limited).open({ reads: [] });
  await workspace.write('first', chunksOf('a'.repeat(1_500_000)));
  await expect(workspace.write('second', chunksOf('b'.repeat(600_000)))).rejects.toMatchObject({
    code: 'file.needs-disk',
    hint: expect.stringContaining('`ingest.maxScratchBytes`'),
  });
  await workspace.close();
});

async function* chunksOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
