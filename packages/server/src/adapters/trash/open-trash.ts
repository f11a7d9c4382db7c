import { mkdir, readdir, rename, rm, rmdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '@slipway/contract';
import { type Clock, isoTime, systemClock } from '../../kernel/index.ts';
import type { Trash } from '../../metadata/index.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const HASH = /^[0-9a-f]{64}$/;
const DAY_MS = 86_400_000;

export type TrashOptions = {
  /** Where the day folders are made; on the file system of what is removed. */
  folder: string;
  /** Where what has this name belongs. */
  homeOf: (hash: string) => string;
  clock?: Clock;
};

export type FolderTrash = Trash & {
  /** Moves a file or folder here. */
  take(path: string, hash: string): Promise<void>;
};

/** Removed objects or bundles as `<folder>/<day of removal>/<hash>`. Anything of another name stays. */
export function openTrash({ folder, homeOf, clock = systemClock }: TrashOptions): FolderTrash {
  const dayOf = (epochMs: number) => isoTime(epochMs).slice(0, 10);
  const days = async () => (await namesIn(folder)).filter((name) => DAY.test(name)).sort();
  const hashesOn = async (day: string) =>
    (await namesIn(join(folder, day))).filter((name) => HASH.test(name));
  /** Whatever else lies in it keeps the folder of a day. */
  const leave = (day: string) => rmdir(join(folder, day)).catch(() => undefined);

  return {
    async take(path, hash) {
      const day = join(folder, dayOf(clock.now()));
      await mkdir(day, { recursive: true, mode: 0o700 });
      const place = join(day, hash);
      await rm(place, { recursive: true, force: true });
      await rename(path, place);
    },
    async list() {
      const found = [];
      for (const day of await days()) {
        const hashes = await hashesOn(day);
        if (hashes.length === 0) continue;
        const sizes = await Promise.all(hashes.map((hash) => bytesOf(join(folder, day, hash))));
        found.push({ day, entries: hashes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) });
      }
      return found;
    },
    async restore(only) {
      let restored = 0;
      for (const day of (await days()).filter((one) => only === undefined || one === only)) {
        for (const hash of await hashesOn(day))
          if (await putBack(join(folder, day, hash), homeOf(hash), clock.now())) restored++;
        await leave(day);
      }
      return restored;
    },
    async empty(keptDays) {
      const last = dayOf(clock.now() - keptDays * DAY_MS);
      let deleted = 0;
      for (const day of (await days()).filter((one) => keptDays === 0 || one < last)) {
        for (const hash of await hashesOn(day)) {
          await rm(join(folder, day, hash), { recursive: true, force: true });
          deleted++;
        }
        await leave(day);
      }
      return deleted;
    },
  };
}

async function putBack(from: string, to: string, now: number): Promise<boolean> {
  const isThere = await stat(to).then(
    () => true,
    () => false,
  );
  if (isThere) {
    await rm(from, { recursive: true, force: true });
    return false;
  }
  await mkdir(join(to, '..'), { recursive: true, mode: 0o700 });
  await utimes(from, new Date(now), new Date(now));
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    throw fail('storage.unwritable', { folder: to, reason: error.message }, { cause: error });
  });
  return true;
}

async function bytesOf(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  const sizes = (await readdir(path)).map((name) => bytesOf(join(path, name)));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
}
