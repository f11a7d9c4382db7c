import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What a process and all that descend from it use, as the kernel counts it. */
export type TreeUsage = {
  /** Processor time of those that live and of those that they waited for, seconds. */
  cpuSeconds: number;
  /** Memory that no file backs, bytes: what the kernel cannot take back without swap. */
  memoryBytes: number;
  /** Processes and their threads. */
  tasks: number;
  /** The process first. */
  processes: LivingProcess[];
};

/** A number alone may be another process's by now. `startTicks` is when it started, in ticks since the machine did. */
export type LivingProcess = { pid: number; startTicks: number };

/** Fields of proc_pid_stat(5) behind the name, which is in parentheses and may hold anything. */
const STATE = 0;
const PARENT = 1;
const CPU_TIMES = [11, 12, 13, 14];
const THREADS = 17;
const START_TIME = 19;
/** USER_HZ, which is 100 on every architecture that Node runs on. */
const TICKS_A_SECOND = 100;

/** Undefined where the process has ended, or where there is no /proc (Linux only). */
export function treeUsage(root: number): TreeUsage | undefined {
  const fields = statOf(root);
  if (fields === undefined || fields[STATE] === 'Z') return undefined;
  const usage: TreeUsage = { cpuSeconds: 0, memoryBytes: 0, tasks: 0, processes: [] };
  for (const pid of treeOf(root)) {
    const stat = statOf(pid);
    if (stat === undefined) continue;
    usage.cpuSeconds += CPU_TIMES.reduce((sum, at) => sum + Number(stat[at]), 0) / TICKS_A_SECOND;
    usage.memoryBytes += memoryOf(pid);
    usage.tasks += Number(stat[THREADS]);
    usage.processes.push({ pid, startTicks: Number(stat[START_TIME]) });
  }
  return usage;
}

/** Ends those of the processes that are still the ones that were seen. */
export function killProcesses(processes: readonly LivingProcess[]): void {
  for (const { pid, startTicks } of processes) {
    if (Number(statOf(pid)?.[START_TIME]) !== startTicks) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}

function treeOf(root: number): number[] {
  const childrenOf = existsSync(`/proc/${root}/task/${root}/children`)
    ? childrenByThread
    : childrenByParent();
  const tree = [root];
  for (const pid of tree) tree.push(...childrenOf(pid));
  return tree;
}

/** Of a kernel that lists children (CONFIG_PROC_CHILDREN): those of every thread. */
function childrenByThread(pid: number): number[] {
  return entriesOf(`/proc/${pid}/task`).flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** Of any other: every process names its parent. */
function childrenByParent(): (pid: number) => readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of entriesOf('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(statOf(Number(name))?.[PARENT]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return (pid) => children.get(pid) ?? [];
}

/** Resident memory in proc_pid_status(5), without that of mapped files. */
const RESIDENT = [/^RssAnon:\s+(\d+) kB$/m, /^RssShmem:\s+(\d+) kB$/m];

function memoryOf(pid: number): number {
  const status = textOf(`/proc/${pid}/status`);
  return RESIDENT.reduce((sum, field) => sum + Number(field.exec(status)?.[1] ?? 0) * 1024, 0);
}

function statOf(pid: number): string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Empty of a process that has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function entriesOf(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
