import { readFileSync } from 'node:fs';

/** What a process does, as the kernel counts it. */
export type Activity = {
  /** Stopped by a signal. One that a debugger holds is not. */
  isStopped: boolean;
  /** Processor time of its main thread so far. */
  cpuMs: number;
};

/** Fields of proc_pid_stat(5) behind the name, which is in parentheses and may hold anything. */
const STATE = 0;
const USER_TIME = 11;
const SYSTEM_TIME = 12;
/** USER_HZ, which is 100 on every architecture that Node runs on. */
const TICK_MS = 10;

/** What the main thread of the process does; undefined where it has ended, or where there is no /proc (Linux only). */
export function activityOf(pid: number): Activity | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    isStopped: fields[STATE] === 'T',
    cpuMs: TICK_MS * (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])),
  };
}
