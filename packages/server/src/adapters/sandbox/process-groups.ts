import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Control groups in which the kernel counts processes and threads. */
export type ProcessGroups = {
  /** Makes a group of so many processes and threads at most. Throws where it cannot be made. */
  open(limit: number): ProcessGroup;
};

export type ProcessGroup = {
  /** A process that writes its number to this file belongs to the group, with all that descend from it. */
  membersFile: string;
  /** Removes the group once no process is left in it. */
  close(): void;
};

/** Names of groups tell which process made them, so that what a killed server left is recognised. */
const OWN_NAME = /^slipway-(\d+)-\d+$/;
const PAUSE_MS = 200;
const ATTEMPTS = 50;

/** Groups made by this process, which may have several sandboxes. */
let made = 0;

/**
 * Finds where this process may make groups that limit processes; undefined where it may not. Version 1 of control groups: below its own
 * group. Version 2: beside its own group, since a group that has members cannot limit groups below it; and only in a group that was
 * delegated to this service, not in a slice of the service manager (systemd: `Delegate=yes` and `DelegateSubgroup=`).
 */
export function findProcessGroups(
  root = '/sys/fs/cgroup',
  membership = '/proc/self/cgroup',
): ProcessGroups | undefined {
  const folder = folderFor(root, textOf(membership));
  if (folder === undefined) return undefined;
  const groups: ProcessGroups = {
    open(limit) {
      const path = join(folder, `slipway-${process.pid}-${made++}`);
      mkdirSync(path);
      try {
        writeFileSync(join(path, 'pids.max'), `${limit}\n`);
      } catch (error) {
        remove(path);
        throw error;
      }
      return { membersFile: join(path, 'cgroup.procs'), close: () => remove(path) };
    },
  };
  try {
    removeAbandoned(folder);
    const trial = groups.open(1);
    accessSync(trial.membersFile, constants.W_OK);
    trial.close();
    return groups;
  } catch {
    return undefined;
  }
}

function folderFor(root: string, membership: string): string | undefined {
  const lines = membership.split('\n').map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  for (const found of lines) {
    const [, controllers = '', path = ''] = found ?? [];
    if (controllers.split(',').includes('pids')) return join(root, 'pids', path);
  }
  const own = lines.find((found) => found?.[1] === '')?.[2];
  return own === undefined ? undefined : delegatedFolder(root, own);
}

function delegatedFolder(root: string, own: string): string | undefined {
  const path = dirname(own);
  if (own === '/' || path === '/' || path.endsWith('.slice')) return undefined;
  const folder = join(root, path);
  const control = join(folder, 'cgroup.subtree_control');
  if (wordsOf(control).includes('pids')) return folder;
  try {
    writeFileSync(control, '+pids\n');
    return folder;
  } catch {
    return undefined;
  }
}

/** The kernel lets a group go only when it is empty, and its processes end a moment after they were told to. */
function remove(path: string, attempts = ATTEMPTS): void {
  try {
    rmdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || attempts === 0) return;
    setTimeout(() => remove(path, attempts - 1), PAUSE_MS).unref();
  }
}

function removeAbandoned(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = OWN_NAME.exec(name)?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isRunning(Number(pid)))
      remove(join(folder, name), 0);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function wordsOf(path: string): string[] {
  return textOf(path).trim().split(/\s+/);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
