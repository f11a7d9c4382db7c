import { expect, it } from 'vitest';
import type { Database } from '../metadata/index.ts';
import { openJobs } from './maintenance.ts';

it('folders of a job are kept while it is queued or running, whatever its kind', async () => {
  const known = [
    { id: 'one', kind: 'predict-file', state: 'running' },
    { id: 'two', kind: 'batch', state: 'queued' },
    { id: 'three', kind: 'candidate', state: 'done' },
  ];
  const list = async (filter: Partial<(typeof known)[number]>) =>
    known.filter((job) => job.state === filter.state && (filter.kind ?? job.kind) === job.kind);
  const database = { stores: { jobs: { list } } } as unknown as Database;
  expect(await openJobs(database)).toEqual(new Set(['one', 'two']));
});
