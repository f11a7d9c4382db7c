import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openDataFolder } from '../adapters/data-folder/index.ts';
import { watchDataFolder } from './watch-data-folder.ts';

async function opened() {
  const above = await mkdtemp(join(tmpdir(), 'slipway-watch-'));
  onTestFinished(() => rm(above, { recursive: true, force: true }));
  return openDataFolder(join(above, 'data'), { version: '0.1.0' });
}

function told(folder: Awaited<ReturnType<typeof opened>>): Promise<string> {
  return new Promise((resolve) => {
    onTestFinished(watchDataFolder(folder, resolve, 5));
  });
}

it('a folder that is removed is told of, and its release makes no file', async () => {
  const folder = await opened();
  const gone = told(folder);
  await rm(folder.path, { recursive: true });
  expect(await gone).toContain('was removed');
  await folder.release();
});

it('a folder in its place is told of, and its lock stays as it is', async () => {
  const folder = await opened();
  await rename(folder.path, `${folder.path}-moved`);
  const other = await openDataFolder(folder.path, { version: '0.1.0' });
  expect(await told(folder)).toContain('another data folder');
  await folder.release();
  await expect(openDataFolder(folder.path, { version: '0.1.0' })).rejects.toMatchObject({
    code: 'storage.locked',
  });
  await other.release();
});
