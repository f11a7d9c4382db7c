import { link, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fail } from '@slipway/contract';
import { newId } from '../../kernel/index.ts';
import { ownIdentity, type ProcessIdentity, stillRuns } from './process-identity.ts';

/** Held until released. */
export type FolderLock = { release(): Promise<void> };

export type LockOptions = {
  /** How often a holder shows that it lives. */
  beatMs?: number;
  /** How long a holder in another container must show no life to count as dead. */
  silenceMs?: number;
  /** Called before that wait. */
  onWait?: () => void;
};

type Held = ProcessIdentity & { released: boolean };

const LOCK = /^lock\.([1-9]\d{0,14})$/;

/**
 * Locks the folder for this process, or throws `storage.locked` with the pid of the one that has it.
 *
 * Locks are numbered files `lock.<n>`, of which the highest counts; it is never removed, only marked released. A
 * newcomer that finds it released or its holder dead makes the next number, which the file system lets one process
 * do; so two that find the same dead holder cannot both win, which is what goes wrong when a stale lock is deleted.
 */
export async function lockFolder(
  folder: string,
  { beatMs = 2_000, silenceMs = 15_000, onWait = () => {} }: LockOptions = {},
): Promise<FolderLock> {
  const own: Held = { ...ownIdentity(), released: false };
  for (;;) {
    const highest = await highestLock(folder);
    if (highest > 0) await refuseWhileHeld(folder, highest, { silenceMs, onWait });
    const number = highest + 1;
    if (!(await makeLock(folder, number, own))) continue;
    if ((await highestLock(folder)) === number) return hold(folder, number, own, beatMs);
    await rm(join(folder, `lock.${number}`), { force: true });
  }
}

async function refuseWhileHeld(
  folder: string,
  number: number,
  { silenceMs, onWait }: Required<Omit<LockOptions, 'beatMs'>>,
): Promise<void> {
  const path = join(folder, `lock.${number}`);
  const holder = await readLock(path);
  if (!holder || holder.released) return;
  let runs = stillRuns(holder);
  if (runs === undefined) {
    onWait();
    runs = await showsLife(path, silenceMs);
  }
  if (runs) throw fail('storage.locked', { folder, pid: holder.pid });
}

/** Watches the lock for a beat. The file's own time is compared with itself, so clocks do not matter. */
async function showsLife(path: string, silenceMs: number): Promise<boolean> {
  const beat = async () => (await stat(path).catch(() => undefined))?.mtimeMs;
  const first = await beat();
  const end = performance.now() + silenceMs;
  while (performance.now() < end) {
    await wait(Math.min(200, silenceMs));
    if ((await beat()) !== first) return true;
  }
  return false;
}

/** Whole from its first moment: written aside, then linked to its name. False when another was faster. */
async function makeLock(folder: string, number: number, content: Held): Promise<boolean> {
  const aside = await writeAside(folder, content);
  try {
    await link(aside, join(folder, `lock.${number}`));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function hold(folder: string, number: number, own: Held, beatMs: number): Promise<FolderLock> {
  await removeOlder(folder, number);
  const path = join(folder, `lock.${number}`);
  const made = await stat(path);
  const beat = () => void utimes(path, new Date(), new Date()).catch(() => {});
  const beating = setInterval(beat, beatMs).unref();
  let released: Promise<void> | undefined;
  const release = async () => {
    clearInterval(beating);
    // The folder may be gone, or be another's by now: only our own lock is marked.
    const found = await stat(path).catch(() => undefined);
    if (found?.ino !== made.ino || found.dev !== made.dev) return;
    await rename(await writeAside(folder, { ...own, released: true }), path);
  };
  return {
    release() {
      released ??= release();
      return released;
    },
  };
}

async function writeAside(folder: string, content: Held): Promise<string> {
  const aside = join(folder, newId('lock-part'));
  await writeFile(aside, JSON.stringify(content), { mode: 0o600 });
  return aside;
}

async function readLock(path: string): Promise<Held | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const content: unknown = JSON.parse(text);
    return isHeld(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

function isHeld(content: unknown): content is Held {
  if (typeof content !== 'object' || content === null) return false;
  const { pid, startedAt, place, released } = content as Record<string, unknown>;
  return (
    typeof pid === 'number' &&
    typeof startedAt === 'string' &&
    typeof place === 'string' &&
    typeof released === 'boolean'
  );
}

/** Whether a lock file that Slipway wrote lies in the folder. */
export async function hasLockFile(folder: string): Promise<boolean> {
  for (const name of await readdir(folder))
    if (LOCK.test(name) && (await readLock(join(folder, name))) !== undefined) return true;
  return false;
}

async function highestLock(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map((name) => Number(LOCK.exec(name)?.[1] ?? 0));
  return Math.max(0, ...numbers);
}

/** Only what reads as a lock: a file of another content may be a user's, and a torn lock below the highest does no harm. */
async function removeOlder(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const found = LOCK.exec(name);
    if (!found || Number(found[1]) >= number) continue;
    const path = join(folder, name);
    if ((await readLock(path)) !== undefined) await rm(path, { force: true });
  }
}
