import { createHash } from 'node:crypto';
import { createReadStream, existsSync, type Stats } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fail } from '@slipway/contract';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { ObjectStore } from '../../metadata/index.ts';
import { translatingDiskErrors } from './disk-errors.ts';
import { syncPath, writeSynced } from './synced-files.ts';
import { isTemporaryName, temporaryNames } from './temporary-names.ts';

const HASH = /^[0-9a-f]{64}$/;
const INCOMING = 'incoming';
const READ_ONLY = 0o400;
const READ_BYTES = 1 << 18;

export type FileObjectsOptions = {
  clock?: Clock;
  /** Takes away the file of an object that is collected; it is deleted unless told. */
  discard?: (path: string, sha256: string) => Promise<void>;
};

/**
 * Objects as files: `<folder>/<first two digits>/<hash>`, read-only. What is under way lies in `<folder>/incoming` and
 * is collected by age like any other orphan. A file of any other name stays.
 */
export async function openFileObjects(
  folder: string,
  { clock = systemClock, discard = (path) => rm(path, { force: true }) }: FileObjectsOptions = {},
): Promise<ObjectStore> {
  const incoming = join(folder, INCOMING);
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const newTemporary = temporaryNames(incoming);
  const verified = new Map<string, string>();

  /** Gives the synced file its name. An object that is there already is replaced by its equal, which heals it. */
  async function settle(temporary: string, sha256: string): Promise<void> {
    const shelf = join(folder, sha256.slice(0, 2));
    await chmod(temporary, READ_ONLY);
    if (await mkdir(shelf, { recursive: true, mode: 0o700 })) await syncPath(folder);
    await rename(temporary, join(shelf, sha256));
    await syncPath(shelf);
  }

  async function through<T>(work: (temporary: string) => Promise<T>): Promise<T> {
    const temporary = newTemporary();
    try {
      return await work(temporary);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  const store: ObjectStore = {
    put(bytes) {
      return through(async (temporary) => {
        const written = await writeSynced(temporary, bytes);
        await settle(temporary, written.sha256);
        return written;
      });
    },
    async putFile(path) {
      const written = await hashFile(path);
      await syncPath(path);
      try {
        await settle(path, written.sha256);
        return written;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
      }
      const copied = await store.put(createReadStream(path));
      await rm(path, { force: true });
      return copied;
    },
    async get(sha256) {
      const bytes = await readFile(pathOf(folder, sha256)).catch(missing(sha256));
      if (createHash('sha256').update(bytes).digest('hex') !== sha256)
        throw fail('object.corrupt', { sha256 });
      return bytes;
    },
    async localPath(sha256) {
      const path = pathOf(folder, sha256);
      const state = stateOf(await stat(path).catch(missing(sha256)));
      if (verified.get(sha256) === state) return path;
      const found = await hashFile(path).catch(missing(sha256));
      if (found.sha256 !== sha256) throw fail('object.corrupt', { sha256 });
      verified.set(sha256, state);
      return path;
    },
    async *read(sha256) {
      const path = await store.localPath(sha256);
      yield* createReadStream(path, { highWaterMark: READ_BYTES }) as AsyncIterable<Uint8Array>;
    },
    async has(sha256) {
      return HASH.test(sha256) && existsSync(pathOf(folder, sha256));
    },
    async erase(sha256, storedBefore) {
      const take = (aside: string) => rm(aside, { force: true });
      const isErased = await removeOld(pathOf(folder, sha256), storedBefore, newTemporary(), take);
      if (isErased) verified.delete(sha256);
      return isErased;
    },
    async countUnused(keep, olderThanMs) {
      const before = clock.now() - olderThanMs;
      let [stored, unused] = [0, 0];
      for await (const { path, name } of ownFiles(folder)) {
        if (!HASH.test(name)) continue;
        stored++;
        if (!keep.has(name) && (await isOlder(path, before))) unused++;
      }
      return { stored, unused };
    },
    async collect(keep, olderThanMs) {
      const before = clock.now() - olderThanMs;
      let removed = 0;
      for await (const { path, name } of ownFiles(folder)) {
        if (keep.has(name)) continue;
        const take = (aside: string) => (HASH.test(name) ? discard(aside, name) : rm(aside, { force: true }));
        if (await removeOld(path, before, newTemporary(), take)) {
          verified.delete(name);
          removed += HASH.test(name) ? 1 : 0;
        }
      }
      return removed;
    },
  };
  return { ...translatingDiskErrors(store), read: store.read };
}

function pathOf(folder: string, sha256: string): string {
  if (!HASH.test(sha256)) throw fail('object.missing', { sha256 });
  return join(folder, sha256.slice(0, 2), sha256);
}

/** What changes when somebody writes to or replaces the file. */
function stateOf({ mtimeMs, ctimeMs, size, ino }: Stats): string {
  return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
}

function missing(sha256: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    throw error.code === 'ENOENT' ? fail('object.missing', { sha256 }, { cause: error }) : error;
  };
}

async function hashFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { sha256: hash.digest('hex'), bytes };
}

/** Objects in the folders of their first two digits, and what is or was under way. */
async function* ownFiles(folder: string): AsyncIterable<{ path: string; name: string }> {
  for (const shelf of await readdir(folder, { withFileTypes: true })) {
    if (!shelf.isDirectory()) continue;
    const isOwn = ownNamesIn(shelf.name);
    for (const entry of await readdir(join(folder, shelf.name), { withFileTypes: true }))
      if (entry.isFile() && isOwn(entry.name))
        yield { path: join(folder, shelf.name, entry.name), name: entry.name };
  }
}

function ownNamesIn(shelf: string): (name: string) => boolean {
  if (shelf === INCOMING) return isTemporaryName;
  return (name) => HASH.test(name) && name.startsWith(shelf) && shelf.length === 2;
}

/**
 * Moves the file aside before it looks at its age a second time: somebody may have stored the same object anew since
 * the first look, and then it goes back.
 */
async function removeOld(
  path: string,
  before: number,
  aside: string,
  take: (aside: string) => Promise<void>,
): Promise<boolean> {
  const isOld = async (where: string) => (await stat(where)).mtimeMs < before;
  try {
    if (!(await isOld(path))) return false;
    await rename(path, aside);
    if (await isOld(aside)) {
      await take(aside);
      return true;
    }
    await rename(aside, path);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** What is gone meanwhile is not. */
async function isOlder(path: string, before: number): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs < before,
    () => false,
  );
}
