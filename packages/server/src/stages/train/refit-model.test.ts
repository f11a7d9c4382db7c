import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { sampleData } from '../../testing/sample-training.ts';
import { inProcessTrials } from './in-process-trials.ts';
import { LEARNERS, type LearnerId, type LearnerParams } from './learners/index.ts';
import type { TrainingData } from './model.ts';
import type { OpenTrialPool, TrialTask } from './ports.ts';
import { predictAdditive } from './predict.ts';
import { type RefitRequest, refitModel } from './refit-model.ts';
import { refitSeconds } from './search/refit-seconds.ts';
import { usualSelection } from './search/selection.ts';
import type { ChosenConfiguration } from './search/suggest/chosen-configuration.ts';
import { trainModel } from './train-model.ts';

const ports = { openTrials: inProcessTrials(systemClock), clock: systemClock };
const forever = { seconds: Number.POSITIVE_INFINITY };
const OLD = 400;

/** Rows of which the last hundred are of a kind that the first have not: there the second number is far off, and the target 30 higher. */
function rows(count: number): TrainingData {
  const { binned: _, features, target, ...data } = sampleData('regression', OLD + 100, 1);
  const isNew = (row: number) => row >= OLD;
  const columns = features.columns.map((column, f) =>
    column.map((value, row) => (f === 1 && isNew(row) ? 20 + value : value)).slice(0, count),
  );
  const raised = target.map((value, row) => (isNew(row) ? value + 30 : value)).slice(0, count);
  return { ...data, features: { ...features, rows: count, columns }, target: raised };
}

const all = rows(OLD + 100);

/** Parameters under which a fit is quick. */
const QUICK: Partial<Record<LearnerId, LearnerParams>> = {
  'boosted-trees': { rounds: 20, learningRate: 0.4 },
  'random-forest': { trees: 10 },
  'extra-trees': { trees: 10 },
  network: { epochs: 12, stopAfter: 12 },
};

/** As a search would have chosen it on the first rows: the average of two fold models, or one fit. */
function chosenOf(learner: LearnerId): ChosenConfiguration {
  const params = { ...LEARNERS[learner].defaults, ...QUICK[learner] };
  const fits = LEARNERS[learner].bagging === 'refit' ? 1 : 2;
  return {
    members: [{ learner, params, weight: 1, fits, seconds: 1 }],
    ...{ recipes: [], calibration: null, units: null, goal: {}, seed: 1, forward: false },
    ...{ selection: usualSelection('regression'), folds: 3, rowsOfFit: (OLD * 2) / 3, concurrency: 1 },
  };
}

/** The real choice of a search. */
const searched = (order: 'none' | 'time') =>
  trainModel(
    {
      ...{ data: rows(OLD), order, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1 },
      goal: { learner: 'boosted-trees', params: QUICK['boosted-trees']!, trials: 1 },
    },
    ports,
  );

function errorOnNewest(predicted: Float64Array): number {
  const errors = all.target.slice(OLD).map((value, i) => Math.abs(value - predicted[OLD + i]!));
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe.each(['boosted-trees', 'random-forest', 'extra-trees', 'linear', 'network', 'neighbours'] as const)(
  'a refit of %s',
  (learner) => {
    test('learns what only the further rows tell, the same model by the same seed', async () => {
      const chosen = chosenOf(learner);
      const former = await refitModel({ data: rows(OLD), chosen, ...forever }, ports);
      const refit = await refitModel({ data: all, chosen, ...forever }, ports);
      if (!refit.done || !former.done) throw new Error('it was not done');
      expect(refit.rows).toBe(500);
      const before = errorOnNewest(predictAdditive(former.model, all.features).values);
      const after = errorOnNewest(predictAdditive(refit.model, all.features).values);
      expect(after).toBeLessThan(before / 2);
      const again = await refitModel({ data: all, chosen, ...forever }, ports);
      expect(again).toMatchObject({ model: refit.model });
    });
  },
);

/** Fits of the refit alone, as they are asked for. */
function watched(tasks: TrialTask[], sizes: number[]): OpenTrialPool {
  return async (data, folds, signal) => {
    const pool = await ports.openTrials(data, folds, signal);
    const run = (task: TrialTask) => {
      tasks.push(task);
      sizes.push(folds[task.fold]!.train.length);
      return pool.run(task);
    };
    return { ...pool, run };
  };
}

test('averages as many folds as the choice did, with the rounds that they settled on and nothing to stop by', async () => {
  const { chosen } = await searched('none');
  const [tasks, sizes]: [TrialTask[], number[]] = [[], []];
  await refitModel({ data: all, chosen, ...forever }, { ...ports, openTrials: watched(tasks, sizes) });
  const [member] = chosen.members;
  expect(tasks).toHaveLength(member!.fits);
  expect(member!.fits).toBeGreaterThan(2);
  for (const { params } of tasks) expect(params.rounds).toBe(member!.params.rounds);
  const share = (chosen.folds - 1) / chosen.folds;
  for (const size of sizes) expect(size / 500).toBeCloseTo(share, 2);
});

test('is one fit on all rows, the newest among them, where rows are in time order', async () => {
  const { chosen } = await searched('time');
  const [tasks, sizes]: [TrialTask[], number[]] = [[], []];
  await refitModel({ data: all, chosen, ...forever }, { ...ports, openTrials: watched(tasks, sizes) });
  expect(sizes).toEqual([500]);
});

describe('the time of a refit', () => {
  const choice = searched('none');
  /** A clock that every fit moves on by so many seconds. */
  function slow(seconds: number) {
    let now = 0;
    const clock = { now: () => now, monotonic: () => now * 1000 } as unknown as Clock;
    const openTrials: OpenTrialPool = async (data, folds, signal) => {
      const pool = await ports.openTrials(data, folds, signal);
      const run = async (task: TrialTask) => {
        const fit = await pool.run({ ...task, seconds: Number.POSITIVE_INFINITY });
        now += seconds;
        return { ...fit, cutShort: seconds > task.seconds };
      };
      return { ...pool, run };
    };
    return { clock, openTrials };
  }
  async function refit(more: Partial<RefitRequest>, secondsOfFit: number) {
    const { chosen } = await choice;
    const members = chosen.members.map((member) => ({ ...member, seconds: 1 }));
    const asked = { data: all, chosen: { ...chosen, members, concurrency: 1 }, ...forever, ...more };
    return refitModel(asked, slow(secondsOfFit));
  }

  test('is estimated by the fits of the search, in proportion to the rows', async () => {
    const { chosen } = await choice;
    const members = [{ ...chosen.members[0]!, fits: 1, seconds: 2 }];
    const one = { ...chosen, members, rowsOfFit: 320, concurrency: 2 };
    expect(refitSeconds(one, 640)).toBeCloseTo(1.1 * 4, 9);
    expect(refitSeconds({ ...one, members: [...members, ...members, ...members] }, 640)).toBeCloseTo(
      1.1 * 6,
      9,
    );
  });

  test('is not begun when it is expected to be more than there is', async () => {
    const outcome = await refit({ seconds: 3 }, 1);
    expect(outcome).toMatchObject({
      done: false,
      reason: expect.stringMatching(/expected to take .* 3 s are left/),
    });
  });

  test('is not exceeded when fits take longer than expected: then there is no refit', async () => {
    const outcome = await refit({ seconds: 20 }, 19);
    expect(outcome).toMatchObject({ done: false, reason: expect.stringMatching(/not done after 38 s/) });
  });

  test('is told with the rows when it is enough', async () => {
    const { chosen } = await choice;
    expect(await refit({ seconds: 20 }, 1)).toMatchObject({
      done: true,
      rows: 500,
      seconds: chosen.members[0]!.fits,
    });
  });
});

test('a fit that fails is told as the reason and ends no training; a cancelled one does', async () => {
  const chosen = chosenOf('linear');
  const failing: OpenTrialPool = async (...args) => ({
    ...(await ports.openTrials(...args)),
    run: async () => {
      throw new Error('no memory');
    },
  });
  const outcome = await refitModel({ data: all, chosen, ...forever }, { ...ports, openTrials: failing });
  expect(outcome).toEqual({ done: false, reason: 'it failed: no memory' });
  const cancelled = { data: all, chosen, ...forever, signal: AbortSignal.abort() };
  await expect(refitModel(cancelled, ports)).rejects.toMatchObject({ code: 'job.cancelled' });
});
