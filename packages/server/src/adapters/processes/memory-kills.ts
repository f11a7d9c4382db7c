import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type MemoryKillsOptions = { root?: string; membership?: string; wholeMachine?: string };

/**
 * How many processes the kernel has ended for want of memory so far, as the control group of this process counts them and the one above it,
 * in which jobs may have groups of their own. Without control groups of memory it is the count of the whole machine. It only grows; undefined
 * where nothing counts (Linux only).
 */
export function memoryKills({
  root = '/sys/fs/cgroup',
  membership = '/proc/self/cgroup',
  wholeMachine = '/proc/vmstat',
}: MemoryKillsOptions = {}): number | undefined {
  const counts = countersOf(root, textOf(membership)).flatMap((path) => countIn(path));
  const known = counts.length > 0 ? counts : countIn(wholeMachine);
  return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
}

function countersOf(root: string, membership: string): string[] {
  const lines = membership.split('\n').map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const first = lines.find((found) => found?.[1]?.split(',').includes('memory'))?.[2];
  // A container of version 1 sees its own group where its files say the root is.
  if (first !== undefined)
    return [join(root, 'memory', first), join(root, 'memory')].map((path) =>
      join(path, 'memory.oom_control'),
    );
  const second = lines.find((found) => found?.[1] === '')?.[2];
  if (second === undefined) return [];
  const folders = new Set([second, dirname(second)]);
  return [...folders].map((path) => join(root, path, 'memory.events'));
}

function countIn(path: string): number[] {
  const found = /^oom_kill (\d+)$/m.exec(textOf(path));
  return found === null ? [] : [Number(found[1])];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Tells whether a process that was just ended by SIGKILL was ended by the kernel for want of memory. */
export type MemoryKillWatch = {
  /** Whether the kernel has ended a process for memory in the last seconds. */
  isRecent(): boolean;
  end(): void;
};

const LOOK_EVERY_MS = 2_000;

/** @param onKill told of the count at once, and whenever it has grown */
export function watchMemoryKills(
  onKill: (count: number) => void = () => {},
  count: () => number | undefined = memoryKills,
): MemoryKillWatch {
  let latest = count();
  let before = latest;
  if (latest !== undefined) onKill(latest);
  const timer = setInterval(() => {
    before = latest;
    latest = count();
    if (latest !== undefined && latest !== before) onKill(latest);
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    isRecent: () => (count() ?? 0) > (before ?? 0),
    end: () => clearInterval(timer),
  };
}
