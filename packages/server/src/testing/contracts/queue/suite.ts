import { fail, failureData, isFailure } from '@slipway/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedJob, JobQueue } from '../../../execution/index.ts';
import type { Database } from '../../../metadata/index.ts';
import type { DatabaseUnderTest } from '../database/database-under-test.ts';

const MINUTE_MS = 60_000;
function unlessStale(error: unknown): void {
  if (!isFailure(error, 'job.stale')) throw error;
}

const me = { instance: 'first-life', worker: 'w1' };

/** The promises of `JobQueue`. A lease in the past stands for a worker that died: no test waits. */
export function describeQueue(name: string, open: () => Promise<DatabaseUnderTest>): void {
  describe(`the queue on ${name}`, () => {
    let subject: DatabaseUnderTest;
    let database: Database;
    let jobs: JobQueue;
    let kind = 0;

    beforeAll(async () => {
      subject = await open();
      database = subject.database;
      jobs = database.stores.jobs;
    }, 120_000);
    afterAll(() => subject?.dispose());
    beforeEach(() => {
      kind += 1;
    });

    const kinds = () => [`kind-${kind}`];
    const enqueue = (input: unknown = null, options = {}) => jobs.enqueue(`kind-${kind}`, input, options);
    const claim = async (leaseMs = MINUTE_MS): Promise<ClaimedJob> => {
      const job = await jobs.claim(me, kinds(), leaseMs);
      if (!job) throw new Error('there was nothing to claim');
      return job;
    };

    it('gives jobs out in the order in which they came, each once', async () => {
      for (let i = 0; i < 5; i++) await enqueue(i);
      const inputs: unknown[] = [];
      for (let i = 0; i < 5; i++) inputs.push((await claim()).input);
      expect(inputs).toEqual([0, 1, 2, 3, 4]);
      expect(await jobs.claim(me, kinds(), MINUTE_MS)).toBeUndefined();
      expect(await jobs.claim(me, [], MINUTE_MS)).toBeUndefined();
    });

    it('makes one job of two with the same key', async () => {
      const first = await enqueue('a', { key: `once-${kind}` });
      expect((await enqueue('b', { key: `once-${kind}` })).id).toBe(first.id);
      expect(await jobs.list({ kind: `kind-${kind}` })).toHaveLength(1);
    });

    it('counts the jobs in each state', async () => {
      const before = await jobs.counts();
      expect(Object.keys(before).toSorted()).toEqual(['cancelled', 'done', 'failed', 'queued', 'running']);
      for (let i = 0; i < 3; i++) await enqueue();
      await claim();
      const { queued, running, ...others } = before;
      expect(await jobs.counts()).toEqual({ ...others, queued: queued + 2, running: running + 1 });
    });

    it('keeps input, progress, output and failure', async () => {
      await enqueue({ file: 'a.csv' }, { pipelineRunId: 'plr_1' });
      const job = await claim();
      expect(await jobs.heartbeat(job.id, job.token, MINUTE_MS, { done: 0.5 })).toBe('held');
      expect(await jobs.heartbeat(job.id, job.token, MINUTE_MS)).toBe('held');
      expect((await jobs.get(job.id)).progress).toEqual({ done: 0.5 });
      const done = await jobs.complete(job.id, job.token, 'done');
      expect(done).toMatchObject({
        state: 'done',
        output: 'done',
        pipelineRunId: 'plr_1',
        workerId: 'first-life/w1',
      });
      await enqueue();
      const other = await claim();
      const failure = { code: 'file.empty', message: 'm', hint: 'h', details: { file: 'a' } } as const;
      expect(await jobs.fail(other.id, other.token, failure)).toMatchObject({ state: 'failed', failure });
      await expect(jobs.get('no')).rejects.toMatchObject({ code: 'job.missing' });
    });

    it('refuses the late result of a worker that lost its job', async () => {
      await enqueue();
      const late = await claim(-1);
      expect((await jobs.requeueExpired()).requeued.map(({ id }) => id)).toContain(late.id);
      const next = await claim();
      expect(next).toMatchObject({ id: late.id, attempts: 2 });
      expect(next.token).toBeGreaterThan(late.token);
      expect(await jobs.heartbeat(late.id, late.token, MINUTE_MS)).toBe('lost');
      for (const report of [
        () => jobs.complete(late.id, late.token, 'late'),
        () => jobs.fail(late.id, late.token, { code: 'internal', message: '', hint: '', details: {} }),
        () => jobs.release(late.id, late.token),
      ]) {
        await expect(report()).rejects.toMatchObject({ code: 'job.stale' });
      }
      expect(await jobs.complete(next.id, next.token, 'right')).toMatchObject({ output: 'right' });
      await expect(jobs.complete(next.id, next.token, 'twice')).rejects.toMatchObject({ code: 'job.stale' });
    });

    it('gives up on a job whose workers keep dying', async () => {
      const { id } = await enqueue(null, { maxAttempts: 2 });
      await claim(-1);
      await jobs.requeueExpired();
      await claim(-1);
      const { failed } = await jobs.requeueExpired();
      expect(failed).toMatchObject([
        { id, state: 'failed', failure: { code: 'job.crashed', details: { attempts: 2 } } },
      ]);
    });

    it('leaves a job alone whose lease was prolonged', async () => {
      await enqueue();
      const job = await claim(-1);
      await jobs.heartbeat(job.id, job.token, MINUTE_MS);
      expect((await jobs.requeueExpired()).requeued).toEqual([]);
      await jobs.complete(job.id, job.token, null);
    });

    it('does not count a job that was handed back', async () => {
      const { id } = await enqueue(null, { maxAttempts: 1 });
      const job = await claim();
      expect(await jobs.release(id, job.token)).toMatchObject({ state: 'queued', attempts: 0 });
      const again = await claim();
      expect(again.token).toBeGreaterThan(job.token);
      await expect(jobs.complete(id, job.token, 'late')).rejects.toMatchObject({ code: 'job.stale' });
      expect(await jobs.complete(id, again.token, 'ok')).toMatchObject({ attempts: 1 });
    });

    it('tells the worker of a cancelled job to stop, and keeps a job that is over', async () => {
      const { id } = await enqueue();
      const job = await claim();
      expect(await jobs.cancel(id)).toMatchObject({ state: 'cancelled' });
      expect(await jobs.heartbeat(id, job.token, MINUTE_MS)).toBe('cancelled');
      await expect(jobs.complete(id, job.token, null)).rejects.toMatchObject({ code: 'job.stale' });
      await enqueue();
      const done = await claim();
      await jobs.complete(done.id, done.token, 'kept');
      expect(await jobs.cancel(done.id)).toMatchObject({ state: 'done', output: 'kept' });
    });

    it('takes the jobs of a former life back at once, and of nobody else', async () => {
      await enqueue('orphan');
      const orphan = await claim();
      await enqueue('mine');
      const mine = await jobs.claim({ instance: 'second-life', worker: 'w1' }, kinds(), MINUTE_MS);
      const { requeued } = await jobs.requeueOrphans(['second-life']);
      expect(requeued.filter((job) => job.kind === orphan.kind).map(({ id }) => id)).toEqual([orphan.id]);
      expect((await jobs.get(mine!.id)).state).toBe('running');
      await jobs.cancel(mine!.id);
    });

    it('bears more deaths of the server than of the worker, but not for ever', async () => {
      const { id } = await enqueue('orphan', { maxAttempts: 2 });
      for (let death = 1; death <= 6; death++) {
        expect(await claim()).toMatchObject({ id, attempts: death });
        const { failed } = await jobs.requeueOrphans(['second-life']);
        expect(failed.map((job) => job.id)).toEqual(death < 6 ? [] : [id]);
      }
      expect((await jobs.get(id)).failure).toMatchObject({ code: 'job.crashed', details: { attempts: 6 } });
    });

    it('has each effect once though workers die at any moment', async () => {
      const count = 100;
      await Promise.all(Array.from({ length: count }, (_, i) => enqueue(i, { maxAttempts: 1000 })));
      let turn = 0;

      const effect = (job: ClaimedJob) =>
        database.transaction(async (stores) => {
          await stores.outbox.add({ topic: `effect-${kind}`, subject: String(job.input), payload: null });
          await stores.jobs.complete(job.id, job.token, null);
        });

      /** In every third turn the worker dies: before its work, or after a pause in which another took the job. */
      async function worker(number: number): Promise<void> {
        for (;;) {
          turn += 1;
          const dies = turn % 3 === 0;
          const late = turn % 2 === 0;
          const job = await jobs.claim(
            { instance: 'i', worker: `w${number}` },
            kinds(),
            dies ? -1 : MINUTE_MS,
          );
          if (!job) return;
          if (!dies) await effect(job);
          else await jobs.requeueExpired();
          if (dies && late) await effect(job).catch(unlessStale);
        }
      }

      await Promise.all(Array.from({ length: 8 }, (_, number) => worker(number)));
      await jobs.requeueExpired();
      await worker(9);
      const effects = await database.stores.outbox.list({ limit: 10_000 });
      const subjects = effects
        .filter(({ topic }) => topic === `effect-${kind}`)
        .map((event) => event.subject);
      expect(subjects.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    });

    it('names the hashes that jobs may yet need, and no others', async () => {
      const hash = (digit: string) => digit.repeat(63) + String(kind % 10);
      const [input, output, nested] = [hash('a'), hash('b'), hash('c')];
      await enqueue({ file: { sha256: input }, nothing: `x${hash('d')}` });
      expect(await jobs.namedHashes(MINUTE_MS)).toContain(input);
      const job = await claim();
      await jobs.heartbeat(job.id, job.token, MINUTE_MS, { facts: { parts: [hash('e')] } });
      for (const needed of [input, hash('e')]) expect(await jobs.namedHashes(MINUTE_MS)).toContain(needed);
      await jobs.complete(job.id, job.token, { sha256: output, more: [{ "it's": nested }] });
      const named = await jobs.namedHashes(MINUTE_MS);
      expect([input, output, nested, hash('d')].map((one) => named.has(one))).toEqual([
        false,
        true,
        true,
        false,
      ]);
      expect((await jobs.namedHashes(-MINUTE_MS)).has(output)).toBe(false);
    });

    it('forgets jobs that are over by age and page, and neither those under way nor those to be kept', async () => {
      const end = async (ending: 'done' | 'failed', options = {}) => {
        await enqueue(null, options);
        const job = await claim();
        if (ending === 'done') return jobs.complete(job.id, job.token, null);
        return jobs.fail(job.id, job.token, failureData(fail('job.cancelled')));
      };
      const { pipelineRuns } = database.stores;
      const pipelineRun = await pipelineRuns.create({ name: `forget-${kind}`, kind: 'ship', request: null });
      const ofPipelineRun = await end('done', { pipelineRunId: pipelineRun.id });
      const [done, failed] = [await end('done'), await end('failed')];
      const queued = await enqueue();
      const left = async () => {
        const all = await jobs.list({ kind: `kind-${kind}` });
        return all.map(({ id }) => id).reverse();
      };
      await jobs.forget(MINUTE_MS, [], 1000);
      expect(await left()).toEqual([ofPipelineRun.id, done.id, failed.id, queued.id]);
      await jobs.forget(-MINUTE_MS, [`kind-${kind}`], 1000);
      expect(await left()).toEqual([ofPipelineRun.id, done.id, queued.id]);
      await pipelineRuns.end(pipelineRun.id, { state: 'done' });
      expect(await jobs.forget(-MINUTE_MS, [], 1)).toBe(1);
      expect(await left()).toEqual([done.id, queued.id]);
      await jobs.forget(-MINUTE_MS, [], 1000);
      expect(await left()).toEqual([queued.id]);
    });
  });
}
