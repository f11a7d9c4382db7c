import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** A control group whose processes have so much memory together, and no swap: as a small container. */
export type MemoryGroup = {
  /** What starts a program in the group and becomes it; its command line follows. */
  starter: string[];
  /** What the group uses now, MiB. */
  usedMegabytes(): number;
  /** The most that the group has used, MiB. */
  peakMegabytes(): number;
  /** How many of its processes the kernel has ended. */
  kills(): number;
  /** Waits until its processes are gone. */
  remove(): Promise<void>;
};

type Files = {
  limit: string;
  swapLimit: string;
  noSwap: (bytes: number) => string;
  used: string;
  peak: string;
  events: string;
};

/** Version 1 limits memory with swap, version 2 swap alone. */
const FIRST: Files = {
  limit: 'memory.limit_in_bytes',
  swapLimit: 'memory.memsw.limit_in_bytes',
  noSwap: String,
  used: 'memory.usage_in_bytes',
  peak: 'memory.max_usage_in_bytes',
  events: 'memory.oom_control',
};
const SECOND: Files = {
  limit: 'memory.max',
  swapLimit: 'memory.swap.max',
  noSwap: () => '0',
  used: 'memory.current',
  peak: 'memory.peak',
  events: 'memory.events',
};

let made = 0;

/** Undefined where this user may make no such group: below its own (version 1), or beside it (version 2). */
export function memoryGroup(megabytes: number): MemoryGroup | undefined {
  const found = placeOf(textOf('/proc/self/cgroup'));
  if (found === undefined) return undefined;
  const { folder, files } = found;
  const path = join(folder, `slipway-test-${process.pid}-${made++}`);
  const bytes = megabytes * 1024 ** 2;
  try {
    mkdirSync(path);
  } catch {
    return undefined;
  }
  try {
    writeFileSync(join(path, files.limit), String(bytes));
    writeFileSync(join(path, files.swapLimit), files.noSwap(bytes));
  } catch {
    // Without an account of swap there is none to limit; without a limit there is no group for this test.
    if (textOf(join(path, files.limit)).trim() !== String(bytes)) {
      rmdirSync(path);
      return undefined;
    }
  }
  return {
    starter: ['/bin/sh', '-c', 'echo $$ >"$0" && exec "$@"', join(path, 'cgroup.procs')],
    usedMegabytes: () => megabytesIn(join(path, files.used)),
    peakMegabytes: () => megabytesIn(join(path, files.peak)),
    kills: () => Number(/^oom_kill (\d+)$/m.exec(textOf(join(path, files.events)))?.[1] ?? 0),
    async remove() {
      for (let attempt = 0; attempt < 100; attempt++) {
        try {
          return rmdirSync(path);
        } catch {
          await pause(50); // a process of it is about to end
        }
      }
    },
  };
}

function megabytesIn(path: string): number {
  return Math.round(Number(textOf(path)) / 1024 ** 2);
}

function placeOf(membership: string): { folder: string; files: Files } | undefined {
  const lines = membership.split('\n').map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line));
  const first = lines.find((found) => found?.[1]?.split(',').includes('memory'))?.[2];
  if (first !== undefined) return { folder: join('/sys/fs/cgroup/memory', first), files: FIRST };
  const second = lines.find((found) => found?.[1] === '')?.[2];
  if (second === undefined || second === '/') return undefined;
  const folder = join('/sys/fs/cgroup', dirname(second));
  return textOf(join(folder, 'cgroup.subtree_control')).includes('memory')
    ? { folder, files: SECOND }
    : undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
