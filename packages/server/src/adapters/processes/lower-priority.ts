import { getPriority, setPriority } from 'node:os';

const LOWEST = 19;

/**
 * Gives a process, with the threads that it starts from then on, a lower priority than this one has; of 0 it is the thread that calls, on
 * Linux. What answers then has a core before what computes. Where that is not allowed, or the process has ended, all stay equal.
 */
export function lowerPriority(pid: number, by: number): void {
  try {
    setPriority(pid, Math.min(LOWEST, getPriority(0) + by));
  } catch {
    // Nothing depends on it.
  }
}
