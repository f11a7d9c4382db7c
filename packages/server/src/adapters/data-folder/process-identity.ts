import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who a process is, so that it can be told from a later one with the same pid: where its pid counts (`place`: machine,
 * boot and container) and when it started.
 */
export type ProcessIdentity = { pid: number; startedAt: string; place: string };

export function ownIdentity(): ProcessIdentity {
  return identityOf(process.pid);
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) ?? 'unknown', place: place() };
}

/** Whether that process still runs; undefined when it ran in another place, where we cannot look. */
export function stillRuns(identity: ProcessIdentity): boolean | undefined {
  if (identity.place !== place()) return sameMachineEarlierBoot(identity.place) ? false : undefined;
  return startOf(identity.pid) === identity.startedAt;
}

/** Kernel's start time of a running process in an opaque form; undefined when there is none. */
function startOf(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStart(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (process.platform === 'win32') return process.kill(pid, 0) ? 'running' : undefined;
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Field 22 of `stat`, in clock ticks since boot; counted after the name, which may hold spaces. A zombie (state Z) runs no more,
 * unless further threads (field 20) still end: until then its ports and files are open.
 */
function linuxStart(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' && Number(fields[17]) <= 1 ? undefined : fields[19];
}

function place(): string {
  return [hostname(), processNamespace(), bootId()].join(' ');
}

function sameMachineEarlierBoot(other: string): boolean {
  const [host, , boot] = other.split(' ');
  return host === hostname() && boot !== bootId() && bootId() !== '-';
}

function bootId(): string {
  return linuxFact(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
}

function processNamespace(): string {
  return linuxFact(() => readlinkSync('/proc/self/ns/pid'));
}

function linuxFact(read: () => string): string {
  try {
    return read();
  } catch {
    return '-';
  }
}
