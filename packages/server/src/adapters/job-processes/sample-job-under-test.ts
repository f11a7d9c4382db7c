import { spawn } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { fail } from '@slipway/contract';
import { runJobProcess } from './run-job-process.ts';

export type SampleInput = { does: keyof typeof WORK; trace: string; until: string };

const WORK = {
  /** Tells twice how far it is, and ends well. */
  ends: async ({ trace }: SampleInput, tell: (progress: unknown) => void) => {
    tell({ share: 0.5 });
    tell({ share: 1 });
    appendFileSync(trace, 'ended\n');
    return { made: 42 };
  },
  /** Works until the file `until` is there. */
  waits: async (input: SampleInput, tell: (progress: unknown) => void) => {
    tell({ share: 0.1 });
    while (!existsSync(input.until)) await new Promise((resolve) => setTimeout(resolve, 20));
    return WORK.ends(input, tell);
  },
  fails: async () => {
    throw fail('file.empty', { file: 'x.csv' }, { path: 'file' });
  },
  breaks: async () => {
    throw new Error('a fault inside');
  },
  dies: async () => process.kill(process.pid, 'SIGKILL'),
  eats: async () => {
    const kept: number[][] = [];
    for (;;) kept.push(Array.from({ length: 100_000 }, (_, index) => index + kept.length));
  },
  /** Fills memory that is not the heap's. */
  fills: async () => {
    const kept: Buffer[] = [];
    for (;;) {
      kept.push(Buffer.alloc(16 * 1024 ** 2, 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  },
  spins: async () => {
    for (;;);
  },
  spinsInChild: async ({ trace }: SampleInput) => {
    const child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
    appendFileSync(trace, `begun ${child.pid}\n`);
    return new Promise(() => {});
  },
  /** Starts processes that wait, more than a job may have, and no end of them where nothing stops it. */
  multiplies: async () => {
    for (let started = 0; started < 600; started++) {
      const child = spawn('sleep', ['60'], { stdio: 'ignore' });
      child.on('error', () => {}); // the system refuses further ones
      if (started % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return new Promise(() => setTimeout(() => {}, 60_000));
  },
  /** Says nothing and does nothing. */
  stops: async () => {
    process.kill(process.pid, 'SIGSTOP');
  },
  /** Takes 2.4 s of processor time, in steps of which it tells. */
  advances: async (_input: SampleInput, tell: (progress: unknown) => void) => {
    for (let step = 1; step <= 8; step++) {
      const begun = process.cpuUsage();
      for (let used = 0; used < 300_000; ) {
        for (let i = 0; i < 1e6; i++);
        const { user, system } = process.cpuUsage(begun);
        used = user + system;
      }
      tell({ share: step / 8 });
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  },
  tellsEnvironment: async () => Object.keys(process.env),
};

/** A job process for tests: does what its input says, and leaves its process id in `trace`. */
runJobProcess(async (_kind, input, _setting, { progress }) => {
  const sample = input as SampleInput;
  appendFileSync(sample.trace, `begun ${process.pid}\n`);
  return WORK[sample.does](sample, progress);
});
