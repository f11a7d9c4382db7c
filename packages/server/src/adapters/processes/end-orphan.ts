import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ProcessIdentity, stillRuns } from '../data-folder/index.ts';
import { activityOf } from './process-activity.ts';

export type Own = {
  /** File name of the program. */
  program: string;
  /** A flag and the path after it, which only a process of this data folder has. */
  words: readonly [flag: string, path: string];
};

/** Time for one that is in order to answer what is under way and to write its log. */
const PATIENCE_MS = 5_000;
const GONE_MS = 5_000;
const LOOK_EVERY_MS = 50;

/**
 * Ends a process that a former server left running, and resolves when it is gone. It is ended only where its pid and start time are those
 * recorded, it belongs to the user of this process, and its own command line says that it is that program for that folder.
 *
 * @returns `none` where no such process runs, or none that this place can see; `foreign` where one runs that is not proven to be ours
 */
export async function endOrphan(
  former: ProcessIdentity,
  own: Own,
  patienceMs = PATIENCE_MS,
): Promise<'none' | 'ended' | 'foreign'> {
  if (stillRuns(former) !== true) return 'none';
  if (!isOwn(former.pid, own)) return stillRuns(former) === true ? 'foreign' : 'none';
  signal(former.pid, 'SIGTERM');
  const deadline = performance.now() + patienceMs;
  // One that is stopped takes no notice; one that spins takes none either, in its main thread.
  while (stillRuns(former) === true && !isStopped(former.pid) && performance.now() < deadline)
    await wait(LOOK_EVERY_MS);
  if (stillRuns(former) === true) signal(former.pid, 'SIGKILL');
  const last = performance.now() + GONE_MS;
  while (stillRuns(former) === true && performance.now() < last) await wait(LOOK_EVERY_MS);
  return 'ended';
}

function isOwn(pid: number, { program, words: [flag, path] }: Own): boolean {
  const words = commandLineOf(pid);
  const runs = words.some((word) => basename(word) === program);
  return runs && words.some((word, i) => words[i - 1] === flag && isSamePath(word, path));
}

function isSamePath(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Empty for a process of another user, and where the system does not tell. */
function commandLineOf(pid: number): string[] {
  try {
    if (process.platform === 'linux') {
      if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return [];
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    }
    if (process.platform === 'win32') return [];
    const [user = '', ...words] = execFileSync('ps', ['-o', 'uid=,args=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return Number(user) === process.getuid?.() ? words : []; // a path with spaces is not recognised, and its process left
  } catch {
    return [];
  }
}

function isStopped(pid: number): boolean {
  return activityOf(pid)?.isStopped === true;
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}
