import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { loadConfig } from './config.ts';
import { fitToMemory } from './fit-to-memory.ts';

const MEBIBYTE = 1024 ** 2;
const fitted = (megabytes: number, flags: string[] = []) =>
  fitToMemory(loadConfig({ environment: {}, flags, folder: tmpdir() }), megabytes * MEBIBYTE);

it('a container of 512 MiB reads files one at a time with what the platform leaves, and does not train', () => {
  const { config, entries, plan } = fitted(512);
  expect(plan).toMatchObject({ limitMegabytes: 512, jobMegabytes: 192, shortJobs: 1, trains: false });
  expect(config.ingest).toMatchObject({ memoryLimitMegabytes: 96, threads: 1 });
  expect(config.work).toMatchObject({ heapMegabytes: 96, shortJobs: 1, trialThreads: 1 });
  expect(entries.find(({ key }) => key === 'ingest.memoryLimitMegabytes')).toMatchObject({
    value: 96,
    from: 'memory',
  });
});

it('what somebody has set stays, and memory for jobs that is set is a word for training', () => {
  const { config, plan } = fitted(512, ['work.heapMegabytes=300', 'work.jobMemoryMegabytes=400']);
  expect(config.work).toMatchObject({ heapMegabytes: 300, jobMemoryMegabytes: 400 });
  expect(plan).toMatchObject({ jobMegabytes: 400, trains: true });
  expect(plan.lowered).not.toContain('work.heapMegabytes');
});

it('a machine of 16 GiB keeps every setting of memory', () => {
  const { plan } = fitted(16 * 1024);
  expect(plan.trains).toBe(true);
  expect(plan.lowered.filter((key) => key !== 'work.trialThreads')).toEqual([]);
});
