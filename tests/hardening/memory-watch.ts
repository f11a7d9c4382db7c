import { readFileSync } from 'node:fs';
import { treeOf } from '../../bench/serving/process-tree.ts';

const LOOK_EVERY_MS = 50;

export type Watched = {
  /** The most that the process and all that descend from it held at one moment, bytes; pages they share count for each. */
  peakTogether(): number;
  /** The most that each process ever held, bytes, by its id. */
  peaks(): ReadonlyMap<number, number>;
  stop(): void;
};

/** Looks again and again at the resident memory of a process and of all that descend from it, in /proc. */
export function watchMemory(pid: number): Watched {
  const peaks = new Map<number, number>();
  let together = 0;
  const look = () => {
    let sum = 0;
    for (const one of treeOf(pid)) {
      const held = memoryOf(one);
      sum += held.now;
      if (held.peak > (peaks.get(one) ?? 0)) peaks.set(one, held.peak);
    }
    together = Math.max(together, sum);
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  look();
  return { peakTogether: () => together, peaks: () => peaks, stop: () => clearInterval(timer) };
}

/** Resident memory and its high-water mark as the kernel counts them, bytes; zero of a process that has ended. */
function memoryOf(pid: number): { now: number; peak: number } {
  const status = statusOf(pid);
  const bytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // it has just ended
  }
}
