import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { newId } from '../../kernel/index.ts';
import { describeObjects } from '../../testing/contracts/objects/suite.ts';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { openFileObjects } from './file-objects.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-objects-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describeObjects('files', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'slipway-objects-'));
  const folder = join(scratch, 'objects');
  return {
    objects: await openFileObjects(folder),
    scratch,
    async corrupt(sha256) {
      const path = join(folder, sha256.slice(0, 2), sha256);
      const bytes = await readFile(path);
      bytes[0]! ^= 1;
      await chmod(path, 0o600);
      await writeFile(path, bytes);
    },
    dispose: () => rm(scratch, { recursive: true, force: true }),
  };
});

describe('objects in a folder', () => {
  it('leaves no part of a broken write behind', async () => {
    const folder = await newFolder();
    const objects = await openFileObjects(folder);
    async function* broken() {
      yield new Uint8Array(100_000);
      throw new Error('the line went dead');
    }
    await expect(objects.put(broken())).rejects.toThrow('the line went dead');
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });

  it('takes a file that cannot be read nowhere', async () => {
    const folder = await newFolder();
    const objects = await openFileObjects(join(folder, 'objects'));
    await expect(objects.putFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('moves a file of the same disk instead of copying it, and lets nobody write to it', async () => {
    const folder = await newFolder();
    const objects = await openFileObjects(join(folder, 'objects'));
    const path = join(folder, 'upload');
    await writeFile(path, 'moved');
    const { ino } = await stat(path);
    const { sha256 } = await objects.putFile(path);
    const stored = await stat(await objects.localPath(sha256));
    expect(stored.ino).toBe(ino);
    expect(stored.mode & 0o777).toBe(0o400);
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('gives a shelf that two processes make at once to both', async () => {
    const folder = await newFolder();
    const [one, other] = await Promise.all([openFileObjects(folder), openFileObjects(folder)]);
    const stored = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 ? one : other).put(Buffer.from(`object ${i >> 1}`))),
    );
    for (const { sha256 } of stored) expect(await one.get(sha256)).toBeDefined();
  });

  it('collects objects and what it left half written, and nothing else, however old', async () => {
    const folder = await newFolder();
    const objects = await openFileObjects(folder);
    const hash = `ab${'0'.repeat(62)}`;
    await placeFiles(folder, [
      'mine.txt',
      'incoming/mine.csv',
      'incoming/part_1',
      `incoming/${hash}`,
      'ab/mine',
      `ab/${hash}.bak`,
      `ac/${hash}`,
      `mine/${hash}`,
      `ab/ab${'1'.repeat(62)}/mine`,
    ]);
    const mine = await filesOf(folder);
    await placeFiles(folder, [`ab/${hash}`, `incoming/${newId('part')}`]);
    expect(await objects.collect(new Set(), 3_600_000)).toBe(1);
    expect(await filesOf(folder)).toEqual(mine);
  });

  it('collects nothing through a link that leads out of the folder', async () => {
    const [folder, elsewhere] = [await newFolder(), await newFolder()];
    const objects = await openFileObjects(folder);
    const hash = `ab${'0'.repeat(62)}`;
    await placeFiles(elsewhere, [hash]);
    const before = await filesOf(elsewhere);
    await symlink(elsewhere, join(folder, 'ab'));
    expect(await objects.collect(new Set(), 3_600_000)).toBe(0);
    expect(await filesOf(elsewhere)).toEqual(before);
  });

  it('puts away a file, and leaves those beside it as they are', async () => {
    const folder = await newFolder();
    await placeFiles(folder, ['made.parquet', 'made.parquet.bak']);
    const { 'made.parquet': _, ...beside } = await filesOf(folder);
    const objects = await openFileObjects(join(folder, 'objects'));
    await objects.putFile(join(folder, 'made.parquet'));
    expect(await filesOf(folder)).toMatchObject(beside);
  });
});
