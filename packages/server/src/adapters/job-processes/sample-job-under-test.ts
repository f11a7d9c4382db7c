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
  tellsEnvironment: async () => Object.keys(process.env),
};

/** A job process for tests: does what its input says, and leaves its process id in `trace`. */
runJobProcess(async (_kind, input, _setting, { progress }) => {
  const sample = input as SampleInput;
  appendFileSync(sample.trace, `begun ${process.pid}\n`);
  return WORK[sample.does](sample, progress);
});
