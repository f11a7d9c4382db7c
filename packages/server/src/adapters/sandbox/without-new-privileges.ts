import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { onPath } from './on-path.ts';

export type WithoutNewPrivilegesOptions = {
  /** Folders of programs, as in PATH; those of the system are looked at besides. */
  searchPath?: string | undefined;
  /** Whether the program needs a privilege that its file gives, such as that of low ports. */
  needsPrivilegesOfFile?: boolean;
};

const SETUID = 0o4000;
const TRIAL_MS = 5_000;

/**
 * A command that becomes the program whose command line follows, with what a program that cannot run in a sandbox can go without: it
 * writes no core dump, in which callers' data would lie, and neither it nor what it starts gains privileges by what it executes. Empty
 * where the system has no such means. A bubblewrap that is setuid would not work below it, so the second is left out there.
 */
export function withoutNewPrivileges({
  searchPath,
  needsPrivilegesOfFile = false,
}: WithoutNewPrivilegesOptions): string[] {
  if (process.platform === 'win32' || !existsSync('/bin/sh')) return [];
  const shell = ['/bin/sh', '-c', 'ulimit -c 0 2>/dev/null; exec "$@"', 'sh'];
  const setpriv = onPath('setpriv', searchPath);
  if (setpriv === undefined || needsPrivilegesOfFile || isSetuid(onPath('bwrap', searchPath))) return shell;
  const command = [setpriv, '--no-new-privs', '--'];
  const { status } = spawnSync(setpriv, ['--no-new-privs', '--', 'true'], {
    stdio: 'ignore',
    timeout: TRIAL_MS,
  });
  return status === 0 ? [...shell, ...command] : shell;
}

function isSetuid(file: string | undefined): boolean {
  return file !== undefined && (statSync(file).mode & SETUID) !== 0;
}
