import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Confinement } from './confinement.ts';

/** Folders of programs and libraries of a system; those that are links are made again as links. */
const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** What programs of a system look up besides, where it is there: the cache of the linker, stores of Nix and Guix, the processors. */
const LOOKED_UP = ['/etc/ld.so.cache', '/nix/store', '/gnu/store', '/sys/devices/system/cpu'];
/** Who runs inside, to itself. */
const INSIDE = '65534';
/** Temporary files inside lie in memory. */
const TEMPORARY_BYTES = 64 * 1024 * 1024;

export type BubblewrapOptions = {
  /** Whether a `/proc` of its own can be mounted; else that of the outer sandbox is shown. */
  ownProc: boolean;
  /** Whether root becomes {@link OWN_USER} before the program starts, rather than a user that is nobody inside only. */
  changesUser: boolean;
  filterFd: number | undefined;
  infoFd: number;
};

/** The user of the system that a confined program of root becomes: it owns no files. */
export const OWN_USER = 65_534;

/**
 * Arguments of `bwrap`: namespaces of its own for mounts, processes, network, messages, names and users; nothing of the file system
 * but programs, libraries and what the confinement names; no capabilities, and no new privileges.
 */
export function bubblewrapArguments(confinement: Confinement, options: BubblewrapOptions): string[] {
  const { ownProc, changesUser, filterFd, infoFd } = options;
  return [
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ...(changesUser ? [] : ['--unshare-user', '--uid', INSIDE, '--gid', INSIDE]),
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...(changesUser ? ['CAP_SETUID', 'CAP_SETGID', 'CAP_SETPCAP'].flatMap((one) => ['--cap-add', one]) : []),
    ...systemMounts(),
    ...(ownProc ? ['--proc', '/proc'] : ['--ro-bind', '/proc', '/proc']),
    ...['--dev', '/dev'],
    ...['--size', String(TEMPORARY_BYTES), '--perms', '1777', '--tmpfs', '/tmp'],
    ...(confinement.devices ? deviceMounts() : []),
    ...foldersAbove([...confinement.reads, ...confinement.writes]),
    ...confinement.reads.flatMap((path) => ['--ro-bind', realpathSync(path), path]),
    ...confinement.writes.flatMap((path) => ['--bind', realpathSync(path), path]),
    ...(confinement.socketFolder === undefined
      ? []
      : ['--ro-bind', realpathSync(confinement.socketFolder), SOCKET_FOLDER]),
    ...['--remount-ro', '/', '--chdir', '/'],
    ...(filterFd === undefined ? [] : ['--seccomp', String(filterFd)]),
    ...['--info-fd', String(infoFd), '--'],
    ...(changesUser ? becomeOwnUser() : []),
  ];
}

/** Where a confined program finds the folder of sockets; addresses of sockets may have 107 bytes. */
export const SOCKET_FOLDER = '/run/slipway';

/** The folders that lead to what is shown, open to the user inside: bubblewrap would make them for its own user alone. */
function foldersAbove(paths: readonly string[]): string[] {
  const above = new Set(paths.flatMap((path) => foldersFrom(dirname(path)).reverse()));
  return [...above].filter((path) => !isMounted(path)).flatMap((path) => ['--perms', '0755', '--dir', path]);
}

/** Whether the mounts of the system bring the folder. */
function isMounted(path: string): boolean {
  const isBelow = ['/usr', '/proc', '/dev', ...SYSTEM].some((top) => `${path}/`.startsWith(`${top}/`));
  return isBelow || path === '/' || path === '/tmp';
}

function becomeOwnUser(): string[] {
  const user = String(OWN_USER);
  return [
    ...['setpriv', '--reuid', user, '--regid', user, '--clear-groups', '--no-new-privs'],
    ...['--inh-caps=-all', '--bounding-set=-all', '--'],
  ];
}

function systemMounts(): string[] {
  const lookedUp = LOOKED_UP.filter((path) => existsSync(path));
  const folders = SYSTEM.flatMap((path) => {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    return found.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
  });
  return [
    '--ro-bind',
    '/usr',
    '/usr',
    ...folders,
    ...foldersAbove(lookedUp),
    ...lookedUp.flatMap((path) => ['--ro-bind', path, path]),
  ];
}

/** Graphics processors, for models that run on them. */
function deviceMounts(): string[] {
  const devices = readdirSync('/dev').filter((name) => name.startsWith('nvidia') || name === 'dri');
  return [
    ...devices.flatMap((name) => ['--dev-bind', join('/dev', name), join('/dev', name)]),
    ...(devices.length > 0 ? ['--ro-bind-try', '/sys', '/sys'] : []),
  ];
}

/**
 * What a built program needs of the installation: this Node, the folder of built programs, and the packages and `package.json` that
 * Node looks up in it and above.
 *
 * @param entry path of the program, in the folder of built programs
 */
export function installationReads(entry: string): string[] {
  const programs = dirname(realpathSync(entry));
  return [...new Set([process.execPath, programs, ...foldersFrom(programs).flatMap(lookedUpByNode)])];
}

/** A folder and those above it. */
function foldersFrom(folder: string): string[] {
  return folder === dirname(folder) ? [folder] : [folder, ...foldersFrom(dirname(folder))];
}

function lookedUpByNode(folder: string): string[] {
  const isPackages = basename(folder) === 'node_modules';
  const packages = isPackages ? folder : join(folder, 'node_modules');
  return [join(folder, 'package.json'), packages]
    .filter((path) => existsSync(path))
    .flatMap((path) => [path, realpathSync(path)]);
}
