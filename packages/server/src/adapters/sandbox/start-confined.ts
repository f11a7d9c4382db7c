import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { bubblewrapArguments } from './bubblewrap.ts';
import type { Confinement } from './confinement.ts';
import type { Means } from './means.ts';
import { processesLimit } from './processes-limit.ts';
import { withLimits, withProcessLimit } from './shell-limits.ts';
import { type SocketFamily, syscallFilter } from './syscall-filter.ts';

export type Program = {
  /** Program and arguments. */
  command: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** The first entries of `stdio`; Node's IPC channel may be among them. */
  stdio: readonly ('ignore' | 'pipe' | 'ipc' | 'inherit' | number)[];
  serialization?: 'json' | 'advanced';
};

export type ConfinedProcess = {
  /** What Node started: bubblewrap's process, where that is used. Ending it ends the program. */
  child: ChildProcess;
  /** The number of the program's own process; that of {@link child} while it is not known, and where there is none between. */
  programPid(): number;
};

/** Sockets by which a program reaches what is shown to it; one that confines others needs netlink and the loopback of its namespace. */
const FAMILIES: readonly SocketFamily[] = ['unix'];
const FAMILIES_OF_CONFINING: readonly SocketFamily[] = ['unix', 'inet', 'inet6', 'netlink'];

/** Starts a program with what the means allow. It ends when this process does. */
export function startConfined(means: Means, confinement: Confinement, program: Program): ConfinedProcess {
  const { command, stdio } = program;
  if (means.by === 'nothing') {
    const child = spawnProgram(command, program, stdio);
    adjustOomScore(child.pid, confinement.limits.oomScoreAdjust);
    return plain(child);
  }
  const group = means.groups?.open(confinement.limits.processes);
  const closing = (child: ChildProcess) =>
    child.once('error', () => group?.close()).once('exit', () => group?.close());
  const limits = withLimits(confinement.limits, group?.membersFile);
  if (means.by === 'limits') {
    const privileges = means.setpriv === undefined ? [] : [means.setpriv, '--no-new-privs', '--'];
    const child = spawnProgram([...limits, ...privileges, ...command], program, stdio);
    closing(child);
    return plain(child);
  }
  const filter = syscallFilter(process.arch, {
    namespaces: confinement.confines,
    families: confinement.confines ? FAMILIES_OF_CONFINING : FAMILIES,
  });
  const [infoFd, filterFd] = [stdio.length, stdio.length + 1];
  const wrapped = [
    ...limits,
    means.file,
    ...bubblewrapArguments(confinement, {
      ownProc: means.ownProc,
      changesUser: means.changesUser && confinement.ownUser,
      filterFd: filter && filterFd,
      infoFd,
    }),
    ...limitedInside(means, confinement),
    ...command,
  ];
  const child = spawnProgram(wrapped, program, [...stdio, 'pipe', ...(filter ? ['pipe' as const] : [])]);
  closing(child);
  if (filter) feed(child.stdio[filterFd] as Writable, filter);
  const insidePid = pidFrom(child.stdio[infoFd] as Readable, (pid) => {
    if (hasEnded(child)) endInside(pid, means.file);
  });
  child.once('exit', () => {
    endGroup(child.pid);
    endInside(insidePid(), means.file);
  });
  let found: number | undefined;
  const programPid = () => {
    found ??= onlyChild(insidePid());
    return found ?? child.pid ?? -1;
  };
  return { child, programPid };
}

/** Models of root have one user of the system together, whose processes the kernel counts together. */
const PROCESSES_OF_OWN_USER = 4_096;

/** Becomes the program by way of a limit of the kernel, where that counts what is in the sandbox alone, or of that user. */
function limitedInside(means: Means, { ownUser, limits }: Confinement): string[] {
  const by = processesLimit(means);
  if (by === 'namespace') return withProcessLimit(limits.processes);
  return by === 'user' && ownUser ? withProcessLimit(Math.max(PROCESSES_OF_OWN_USER, limits.processes)) : [];
}

function adjustOomScore(pid: number | undefined, score: number | undefined): void {
  if (pid === undefined || score === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, `${score}\n`);
  } catch {
    // It has ended, or the system has none.
  }
}

function plain(child: ChildProcess): ConfinedProcess {
  return { child, programPid: () => child.pid ?? -1 };
}

function spawnProgram(
  [file, ...args]: readonly string[],
  { environment, serialization = 'json' }: Program,
  stdio: readonly (string | number)[],
): ChildProcess {
  // A group of its own: Ctrl-C in a terminal is for this process, which decides when the program ends.
  const options = { env: { ...environment }, stdio: [...stdio] as StdioOptions, serialization };
  return spawn(file!, args, { ...options, detached: true });
}

/*
 * The process that bubblewrap makes asks the kernel to be ended with it, but only after it has waited for it; where bubblewrap is ended
 * before, that process would wait for ever or go on with the program, and hold the pipes.
 */

/** Ends what waits: it is in the group of the ended process until it has a session of its own. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left, as usual.
  }
}

/** Ends what goes on, and with it all of its namespace; not another process that has its number since. */
function endInside(pid: number | undefined, bubblewrap: string): void {
  if (pid === undefined) return;
  try {
    const [program] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    if (program === bubblewrap && parent !== String(process.pid)) process.kill(pid, 'SIGKILL');
  } catch {
    // Nothing is left, as usual.
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function feed(pipe: Writable | null, bytes: Buffer): void {
  pipe?.on('error', () => {}); // told by the end of the process
  pipe?.end(bytes);
}

/** bubblewrap tells the process that it made, of which the program is the only child. */
function pidFrom(info: Readable | null, onPid: (pid: number) => void): () => number | undefined {
  let told = '';
  let pid: number | undefined;
  info?.on('error', () => {}).setEncoding('utf8');
  info?.on('data', (text: string) => {
    told += text;
    const found = /"child-pid":\s*(\d+)\D/.exec(told)?.[1];
    if (pid !== undefined || found === undefined) return;
    pid = Number(found);
    onPid(pid);
  });
  return () => pid;
}

function onlyChild(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const [only] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return only ? Number(only) : undefined;
  } catch {
    return undefined;
  }
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));
/** What shells, and bubblewrap, add to the number of the signal that ended a program. */
const ENDED_BY_SIGNAL = 128;

/** How a program ended: bubblewrap tells a signal by its exit code. */
export function endOf(
  code: number | null,
  signal: NodeJS.Signals | null,
): { code: number | null; signal: string | null } {
  const told = code === null ? undefined : SIGNALS.get(code - ENDED_BY_SIGNAL);
  return told === undefined ? { code, signal } : { code: null, signal: told };
}
