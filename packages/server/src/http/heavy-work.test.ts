import { expect, it } from 'vitest';
import { heavyWork } from './heavy-work.ts';

function work() {
  let now = 0;
  let started = 0;
  let looks = 0;
  const ended = new Set<string>();
  const limits = { maxUploadsPerKey: 1, maxOpenJobsPerKey: 2, maxOpenPipelineRunsPerKey: 1 };
  const isOpen = async (_kind: string, id: string) => {
    looks++;
    return !ended.has(id);
  };
  const heavy = heavyWork(limits, { isOpen }, { now: () => now, monotonic: () => now });
  const start = (operation: 'datasets.add' | 'pipelineRuns.ship' | 'keys.create', key = 'a') =>
    heavy.within(operation, key, async () => ({ id: `id_${++started}` }));
  return { heavy, start, ended, pass: (ms: number) => (now += ms), looks: () => looks };
}
const tooMany = expect.objectContaining({ code: 'request.too-many-at-once' });

it('a key has so many jobs under way, and others when one of them ended', async () => {
  const { start, ended, pass } = work();
  const [first] = await Promise.all([start('datasets.add'), start('datasets.add')]);
  await expect(start('datasets.add')).rejects.toEqual(tooMany);
  await start('datasets.add', 'b');
  await start('pipelineRuns.ship');
  ended.add(first.id);
  pass(1000);
  await start('datasets.add');
  await expect(start('datasets.add')).rejects.toEqual(tooMany);
});

it('requests that come together are counted before what they start is', async () => {
  const { start } = work();
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => start('datasets.add')));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
});

it('what ended is not looked for with every request that is refused', async () => {
  const { start, looks } = work();
  await Promise.all([start('datasets.add'), start('datasets.add')]);
  for (let i = 0; i < 50; i++) await expect(start('datasets.add')).rejects.toEqual(tooMany);
  expect(looks()).toBe(2);
});

it('an upload makes room when it was answered or failed, and a job that did not start takes none', async () => {
  const { heavy } = work();
  const broken = async () => {
    throw new Error('disk');
  };
  for (let i = 0; i < 3; i++) {
    await heavy.within('uploads.create', 'a', async () => ({ id: 'upl' }));
    await expect(heavy.within('uploads.create', 'a', broken)).rejects.toThrow('disk');
    await expect(heavy.within('datasets.add', 'a', broken)).rejects.toThrow('disk');
  }
});

it('what is not heavy has no limit', async () => {
  const { start } = work();
  await Promise.all(Array.from({ length: 20 }, () => start('keys.create')));
});
