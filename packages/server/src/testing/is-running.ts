import { readFileSync } from 'node:fs';

/** Whether a process of this number runs. One that has ended, and whose end its parent has not taken yet, runs no more. */
export function isRunning(pid: number): boolean {
  try {
    if (process.platform !== 'linux') return process.kill(pid, 0);
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
