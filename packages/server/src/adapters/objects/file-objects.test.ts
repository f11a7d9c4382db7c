import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeObjects } from '../../testing/contracts/objects/suite.ts';
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
});
