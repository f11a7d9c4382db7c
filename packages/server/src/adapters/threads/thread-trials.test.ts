import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import { inProcessTrials, LEARNERS, type TrialTask } from '../../stages/train/index.ts';
import { sampleData } from '../../testing/sample-training.ts';
import { threadTrials } from './thread-trials.ts';

const data = sampleData('binary', 900);
const folds = [0, 1, 2].map((fold) => ({
  train: rowsWhere((row) => row % 3 !== fold),
  validation: rowsWhere((row) => row % 3 === fold),
}));
/** Enough rows that threads share in every step. */
const large = sampleData('binary', 40_000);
const largeFolds = [
  {
    train: Int32Array.from({ length: 36_000 }, (_, row) => row),
    validation: Int32Array.from({ length: 4_000 }, (_, row) => 36_000 + row),
  },
];
const never = new AbortController().signal;

function rowsWhere(chosen: (row: number) => boolean): Int32Array {
  return Int32Array.from({ length: 900 }, (_, row) => row).filter(chosen);
}

let folder: string;
let entry: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trial-thread-'));
  entry = join(folder, 'trial-thread.mjs');
  await build({
    entryPoints: [new URL('../../main/trial-thread.ts', import.meta.url).pathname],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile: entry,
    logLevel: 'error',
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function task(fold: number, params = {}): TrialTask {
  const { defaults } = LEARNERS['boosted-trees'];
  return {
    learner: 'boosted-trees',
    params: { ...defaults, rounds: 8, ...params },
    fold,
    seed: 3,
    seconds: 60,
  };
}

describe('threads', () => {
  test('fit the very model that the calling thread would', async () => {
    const threads = await threadTrials({ entry, concurrency: 2 })(data, folds, never);
    const here = await inProcessTrials(systemClock)(data, folds, never);
    const tasks = [task(0), task(1), task(2, { baggingFraction: 0.7, extraTrees: true })];
    const [ours, expected] = await Promise.all(
      [threads, here].map((pool) => Promise.all(tasks.map(pool.run.bind(pool)))),
    );
    await threads.close();
    ours!.forEach((fit, i) => {
      expect({ ...fit, seconds: 0 }).toEqual({ ...expected![i], seconds: 0 });
    });
  });

  test.each([2, 4])('%d of them at one fit make the very model that one does', async (concurrency) => {
    const pool = await threadTrials({ entry, concurrency, helpedCells: 1 })(large, largeFolds, never);
    const alone = await inProcessTrials(systemClock)(large, largeFolds, never);
    const params = { rounds: 12, featureFraction: 0.8, baggingFraction: 0.8, extraTrees: concurrency > 2 };
    const [whole, some] = [task(0, params), { ...task(0, params), features: [2, 0] }];
    const ours = [await pool.run(whole), await pool.run(some)];
    const expected = [await alone.run(whole), await alone.run(some)];
    await pool.close();
    for (const [i, fit] of ours.entries())
      expect({ ...fit, seconds: 0 }).toEqual({ ...expected[i], seconds: 0 });
    expect(ours[1]!.importance).toHaveLength(2);
  });

  test('helpers leave a fit that goes on, when there is another for them', async () => {
    const pool = await threadTrials({ entry, concurrency: 2, helpedCells: 1 })(large, largeFolds, never);
    const long = pool.run({ ...task(0, { rounds: 1e9, patience: 1e9 }), seconds: 4 });
    // By then the other thread helps.
    await pool.run(task(0, { rounds: 1 }));
    await expect(pool.run(task(0, { rounds: 1 }))).resolves.toBeDefined();
    expect((await long).cutShort).toBe(true);
    await pool.close();
  });

  test('a fit that is refused lets its helpers go', async () => {
    const pool = await threadTrials({ entry, concurrency: 2, helpedCells: 1 })(large, largeFolds, never);
    await expect(pool.run(task(0, { objective: 'poisson' }))).rejects.toMatchObject({
      code: 'train.params-invalid',
    });
    const fits = await Promise.all([0, 0, 0].map((fold) => pool.run(task(fold))));
    expect(fits).toHaveLength(3);
    await pool.close();
  });

  test('a fit that fails rejects alone, and the pool goes on', async () => {
    const pool = await threadTrials({ entry, concurrency: 1 })(data, folds, never);
    const bad = pool.run({ ...task(0), fold: 99 });
    const good = pool.run(task(0));
    await expect(bad).rejects.toThrow();
    expect((await good).model.trees.length).toBeGreaterThan(0);
    await pool.close();
  });

  test('an abort ends what runs and what waits', async () => {
    const abort = new AbortController();
    const pool = await threadTrials({ entry, concurrency: 1 })(data, folds, abort.signal);
    const endless = task(0, { rounds: 1e9, patience: 1e9 });
    const fits = [pool.run(endless), pool.run(task(1))];
    const settled = Promise.allSettled(fits);
    abort.abort();
    for (const result of await settled) expect(result).toMatchObject({ reason: { code: 'job.cancelled' } });
    await expect(pool.run(task(2))).rejects.toMatchObject({ code: 'job.cancelled' });
  });

  test('a fit ends at its time limit with the best it has', async () => {
    const pool = await threadTrials({ entry, concurrency: 1 })(data, folds, never);
    const fit = await pool.run({ ...task(0, { rounds: 1e9, patience: 1e9 }), seconds: 0.3 });
    await pool.close();
    expect(fit.cutShort).toBe(true);
    expect(fit.model.trees.length).toBeGreaterThan(0);
  });

  test('a thread that cannot start fails its task instead of hanging', async () => {
    const pool = await threadTrials({ entry: join(folder, 'missing.mjs'), concurrency: 1 })(
      data,
      folds,
      never,
    );
    await expect(pool.run(task(0))).rejects.toThrow('missing.mjs');
    await pool.close();
  });
});
