import { mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filesOf, placeFiles } from '../../testing/folder-tree.ts';
import { type FolderTrash, openTrash } from './open-trash.ts';

const DAY_MS = 86_400_000;
const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

let folder: string;
let now: number;
let trash: FolderTrash;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-trash-'));
  now = Date.parse('2026-11-20T23:00:00Z');
  trash = openTrash({
    folder: join(folder, 'trash'),
    homeOf: (hash) => join(folder, 'home', hash),
    clock: { now: () => now, monotonic: () => now },
  });
  await mkdir(join(folder, 'home'));
});
afterEach(() => rm(folder, { recursive: true }));

const home = (hash: string) => join(folder, 'home', hash);

async function removed(hash: string): Promise<void> {
  await writeFile(home(hash), hash);
  await utimes(home(hash), new Date(0), new Date(0));
  await trash.take(home(hash), hash);
}

it('what was removed is listed by day, and put back as if it were stored now', async () => {
  await removed(A);
  now += 2 * DAY_MS;
  await removed(B);
  expect(await trash.list()).toEqual([
    { day: '2026-11-20', entries: 1, bytes: 64 },
    { day: '2026-11-22', entries: 1, bytes: 64 },
  ]);
  expect(await trash.restore('2026-11-20')).toBe(1);
  expect(await readFile(home(A), 'utf8')).toBe(A);
  expect((await stat(home(A))).mtimeMs).toBe(now);
  expect(await trash.restore()).toBe(1);
  expect(await trash.list()).toEqual([]);
  expect(Object.keys(await filesOf(folder)).filter((path) => path.includes('trash/'))).toEqual([]);
});

it('it is deleted when more than the kept days have passed, and all of it for 0 days', async () => {
  await removed(A);
  now += 7 * DAY_MS;
  expect(await trash.empty(7)).toBe(0);
  now += 2 * 3_600_000;
  await removed(B);
  expect(await trash.empty(7)).toBe(1);
  expect(await trash.list()).toMatchObject([{ day: '2026-11-28', entries: 1 }]);
  expect(await trash.empty(0)).toBe(1);
  expect(await trash.list()).toEqual([]);
});

it('a folder is taken and restored whole, and what was stored again meanwhile stays', async () => {
  await mkdir(home(A));
  await writeFile(join(home(A), 'MLmodel'), 'first');
  await trash.take(home(A), A);
  expect(await trash.list()).toMatchObject([{ entries: 1, bytes: 5 }]);
  await mkdir(home(A));
  await writeFile(join(home(A), 'MLmodel'), 'second');
  expect(await trash.restore()).toBe(0);
  expect(await readFile(join(home(A), 'MLmodel'), 'utf8')).toBe('second');
  await trash.take(home(A), A);
  expect(await trash.restore()).toBe(1);
  expect(await readFile(join(home(A), 'MLmodel'), 'utf8')).toBe('second');
});

it('files of another name are neither listed nor restored nor deleted', async () => {
  await placeFiles(join(folder, 'trash'), ['2026-01-01/notes.txt', 'mine/a.txt', 'a.txt', `${A}/b.txt`]);
  const before = await filesOf(folder);
  expect(await trash.list()).toEqual([]);
  expect(await trash.restore()).toBe(0);
  expect(await trash.empty(0)).toBe(0);
  expect(await filesOf(folder)).toEqual(before);
});
