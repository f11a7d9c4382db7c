import { describe, expect, test } from 'vitest';
import { type Clock, systemClock } from '../../kernel/index.ts';
import { sampleData } from '../../testing/sample-training.ts';
import { inProcessTrials } from './in-process-trials.ts';
import { METRICS, measure } from './metrics/index.ts';
import type { TrainingData } from './model.ts';
import type { JournalEntry, OpenTrialPool, TrialJournal, TrialTask } from './ports.ts';
import { predictAdditive } from './predict.ts';
import { type TrainProgress, type TrainRequest, trainModel } from './train-model.ts';

const ports = { openTrials: inProcessTrials(systemClock), clock: systemClock };

function trainingData(task: TrainingData['task'], rows: number, seed = 1): TrainingData {
  const { binned: _, ...data } = sampleData(task, rows, seed);
  return data;
}

/** Without a limit of time, so that nothing depends on the machine. */
function request(data: TrainingData, more: Partial<TrainRequest> = {}): TrainRequest {
  return { data, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, goal: { trials: 3 }, ...more };
}

describe.each(['binary', 'multiclass', 'regression'] as const)('training for %s', (task) => {
  const data = trainingData(task, 600);
  const fresh = trainingData(task, 600, 99);
  const trained = trainModel(request(data), ports);

  test('gives a model that beats the baseline on rows it has never seen', async () => {
    const { model, leaderboard } = await trained;
    const measured = measure(task, fresh.target, predictAdditive(model, fresh.features));
    const baseline = leaderboard.find((entry) => entry.learner === 'baseline')!;
    const id = task === 'regression' ? 'rmse' : 'log-loss';
    expect(measured[id]).toBeLessThan(0.8 * baseline.metric.mean);
  });

  test('ranks trees, a linear model and the baseline, the lowest loss first', async () => {
    const { leaderboard } = await trained;
    const learners = leaderboard.map((entry) => entry.learner);
    expect(learners).toEqual(expect.arrayContaining(['boosted-trees', 'linear', 'baseline']));
    expect(leaderboard.map((entry) => entry.rank)).toEqual(leaderboard.map((_, i) => i + 1));
    const means = leaderboard.map((entry) => entry.metric.mean);
    expect(means).toEqual(means.toSorted((a, b) => a - b));
    const weights = leaderboard.filter(({ learner }) => learner !== 'blend').map((entry) => entry.weight);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  test('says what the model thought of each row when it had not seen it', async () => {
    const { outOfFold, featureImportance } = await trained;
    expect([...outOfFold.rows]).toEqual(Array.from({ length: 600 }, (_, row) => row));
    const measured = measure(task, data.target, outOfFold.predictions);
    if (task === 'regression') expect(measured.r2).toBeGreaterThan(0.9);
    else expect(measured['roc-auc']).toBeGreaterThan(0.85);
    expect(featureImportance.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 9);
    expect(featureImportance[3]).toBeLessThan(Math.min(...featureImportance.slice(0, 3)));
  });

  test('gives the same model for the same seed', async () => {
    const again = await trainModel(request(data), ports);
    expect(again.model).toEqual((await trained).model);
  });
});

describe('time', () => {
  /** A clock that every look at moves on by a hundredth of a second. */
  const ticking = (): Clock => {
    let milliseconds = 0;
    const tick = () => (milliseconds += 10);
    return { now: tick, monotonic: tick };
  };

  test.each(['binary', 'multiclass', 'regression'] as const)(
    'a search for %s whose budget is spent before its first trial gives the baseline and one fitted model',
    async (task) => {
      let milliseconds = 0;
      const clock: Clock = { now: () => milliseconds++, monotonic: () => milliseconds++ };
      const slow: OpenTrialPool = async (data, folds, signal) => {
        const pool = await inProcessTrials(clock)(data, folds, signal);
        let runs = 0;
        const run = (one: TrialTask) => {
          if (runs++ === 0) milliseconds += 1_000_000; // the machine sleeps, or is very busy
          return pool.run(one);
        };
        return { ...pool, concurrency: 2, run };
      };
      const training = request(trainingData(task, 400), { budgetSeconds: 8, goal: {} });
      const { model, leaderboard, trials } = await trainModel(training, { openTrials: slow, clock });
      expect(trials.map(({ state, learner }) => [state, learner])).toEqual([['done', 'boosted-trees']]);
      expect(leaderboard.map(({ learner }) => learner).toSorted()).toEqual(['baseline', 'boosted-trees']);
      expect(model.trees.length).toBeGreaterThan(0);
    },
  );

  test('the budget is kept within a tenth, and trees and a linear model are tried even so', async () => {
    const clock = ticking();
    const started = clock.monotonic();
    const data = trainingData('multiclass', 300);
    const training = request(data, { budgetSeconds: 6, goal: { trials: 30 } });
    const { leaderboard, seconds } = await trainModel(training, {
      openTrials: inProcessTrials(clock),
      clock,
    });
    expect((clock.monotonic() - started) / 1000).toBeLessThan(6.6);
    expect(seconds).toBeLessThan(6.6);
    expect(leaderboard.map((entry) => entry.learner)).toEqual(
      expect.arrayContaining(['boosted-trees', 'linear']),
    );
  });

  test('rows in time order are judged by the future only, and the model is fitted again on all of them', async () => {
    const folds: number[] = [];
    const watched: OpenTrialPool = async (data, given, signal) => {
      const pool = await ports.openTrials(data, given, signal);
      const run = (task: TrialTask) => {
        folds.push(given[task.fold]!.train.length);
        const { train, validation } = given[task.fold]!;
        for (const row of validation) expect(row).toBeGreaterThan(train[train.length - 1]!);
        return pool.run(task);
      };
      return { ...pool, run };
    };
    const data = trainingData('regression', 600);
    const training = request(data, { order: 'time', goal: { trials: 2 } });
    const { outOfFold } = await trainModel(training, { ...ports, openTrials: watched });
    expect(folds[folds.length - 1]).toBe(600);
    expect(outOfFold.rows[0]).toBe(100);
  });
});

test('progress tells the phases and the best so far', async () => {
  const seen: TrainProgress[] = [];
  await trainModel(
    request(trainingData('binary', 300), { goal: { trials: 2 }, progress: (at) => seen.push(at) }),
    ports,
  );
  expect(seen.map(({ phase }) => phase)).toEqual(['planning', 'searching', 'searching', 'finishing']);
  expect(seen.map(({ trials }) => trials)).toEqual([0, 1, 2, 2]);
  expect(seen[3]!.best!.value).toBeLessThan(0.6);
});

test('an abort ends the training as cancelled', async () => {
  const abort = new AbortController();
  const cancelled = trainModel(
    request(trainingData('binary', 300), {
      goal: { trials: 5 },
      signal: abort.signal,
      progress: ({ trials }) => trials === 1 && abort.abort(),
    }),
    ports,
  );
  await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' });
});

test('a handful of rows is refused', async () => {
  await expect(trainModel(request(trainingData('binary', 9)), ports)).rejects.toMatchObject({
    code: 'target.too-few-rows',
  });
});

test('a rare positive class lowers the decision threshold, unless one is asked for', async () => {
  const data = trainingData('binary', 800);
  const rare = { ...data, target: data.target.map((value, row) => (value === 1 && row % 8 === 0 ? 1 : 0)) };
  expect((await trainModel(request(rare, { goal: { trials: 1 } }), ports)).decision.threshold).toBeLessThan(
    0.4,
  );
  expect(
    (await trainModel(request(rare, { goal: { trials: 1 }, threshold: 0.7 }), ports)).decision.threshold,
  ).toBe(0.7);
});

/** A journal as a process keeps it in memory. */
function memory(entries: JournalEntry[] = []): TrialJournal & { entries: JournalEntry[] } {
  return { entries, read: async () => [...entries], append: async (entry) => void entries.push(entry) };
}

describe('a search that is cut off', () => {
  const data = trainingData('binary', 400);
  const goal = { learner: 'boosted-trees' as const, params: { rounds: 12 }, trials: 8 };
  const asked = request(data, { goal });

  test('goes on from the fits that were done, and ends with the model of one that was not', async () => {
    const whole = await trainModel(asked, ports);
    const abort = new AbortController();
    const journal = memory();
    const dying: TrialJournal = {
      ...journal,
      append: async (entry) => {
        await journal.append(entry);
        if (journal.entries.length === 12) abort.abort();
      },
    };
    const cut = trainModel({ ...asked, signal: abort.signal }, { ...ports, journal: dying });
    await expect(cut).rejects.toMatchObject({ code: 'job.cancelled' });
    const fits = journal.entries.flatMap((entry) =>
      entry.kind === 'fit' ? [`${entry.number} ${entry.fold}`] : [],
    );

    const again = await trainModel(asked, { ...ports, journal });
    expect(again.model).toEqual(whole.model);
    expect(again.trials.map(({ params }) => params)).toEqual(whole.trials.map(({ params }) => params));
    const later = journal.entries.slice(12);
    const refitted = later.filter(
      (entry) => entry.kind === 'fit' && fits.includes(`${entry.number} ${entry.fold}`),
    );
    expect(refitted).toEqual([]);
    expect(later.length).toBeGreaterThan(0);
  });

  test('has what is left of its budget, no more', async () => {
    const journal = memory();
    await trainModel(asked, { ...ports, journal });
    const spent = journal.entries.map((entry) => ({ ...entry, elapsed: 100 }));
    const fits = spent.length;
    const again = memory(spent);
    const { seconds } = await trainModel({ ...asked, budgetSeconds: 101 }, { ...ports, journal: again });
    expect(again.entries).toHaveLength(fits);
    expect(seconds).toBeGreaterThan(100);
  });

  test('of other data does not take anything over', async () => {
    const journal = memory();
    await trainModel(asked, { ...ports, journal });
    const other = request(trainingData('binary', 400, 7), { goal: { ...goal, trials: 1 } });
    const { trials } = await trainModel(other, { ...ports, journal });
    expect(trials).toHaveLength(1);
    expect(journal.entries.filter(({ kind }) => kind === 'plan')).toHaveLength(2);
  });
});

test('a search that is told enough ends with what it has', async () => {
  const enough = new AbortController();
  const { trials, model } = await trainModel(
    request(trainingData('binary', 300), {
      goal: { trials: 30 },
      enough: enough.signal,
      progress: ({ trials }) => trials === 2 && enough.abort(),
    }),
    ports,
  );
  expect(trials.filter(({ state }) => state === 'done')).toHaveLength(2);
  expect(model.trees.length + model.linear.length).toBeGreaterThan(0);
});

describe('a metric that is asked for', () => {
  const metricNamed = (id: string) => METRICS.find((metric) => metric.id === id)!;

  test('ranks the leaderboard, the higher the better where it is so', async () => {
    const selection = { metric: metricNamed('roc-auc') };
    const { leaderboard } = await trainModel(request(trainingData('binary', 500), { selection }), ports);
    const means = leaderboard.map((entry) => entry.metric.mean);
    expect(leaderboard.every((entry) => entry.metric.id === 'roc-auc')).toBe(true);
    expect(means).toEqual(means.toSorted((a, b) => b - a));
    expect(leaderboard.at(-1)).toMatchObject({ learner: 'baseline', metric: { mean: 0.5 } });
  });

  test('that looks at answers chooses the decision threshold', async () => {
    const data = trainingData('binary', 800);
    const rare = { ...data, target: data.target.map((value, row) => (value === 1 && row % 6 === 0 ? 1 : 0)) };
    const judged = async (id: string) => {
      const selection = { metric: metricNamed(id) };
      const { decision, outOfFold } = await trainModel(
        request(rare, { goal: { trials: 1 }, selection }),
        ports,
      );
      const at = (threshold: number) =>
        measure('binary', rare.target, outOfFold.predictions, { threshold })[id]!;
      return { chosen: at(decision.threshold), half: at(0.5) };
    };
    for (const id of ['balanced-accuracy', 'f1', 'mcc']) {
      const { chosen, half } = await judged(id);
      expect(chosen, id).toBeGreaterThan(half + 0.05);
    }
  });

  test('that says nothing about the target is refused', async () => {
    const data = trainingData('regression', 300);
    const zeros = { ...data, target: data.target.map((value, row) => (row % 9 === 0 ? 0 : value)) };
    const selection = { metric: metricNamed('mape') };
    await expect(trainModel(request(zeros, { selection }), ports)).rejects.toMatchObject({
      code: 'metric.undefined',
      path: 'metric',
    });
  });
});

test('one set of parameters is fitted alone, as it was told', async () => {
  const params = { leaves: 7, learningRate: 0.2, rounds: 30 };
  const goal = { learner: 'boosted-trees' as const, params, trials: 1 };
  const { trials, label } = await trainModel(request(trainingData('binary', 400), { goal }), ports);
  expect(trials).toHaveLength(1);
  expect(trials[0]).toMatchObject({ learner: 'boosted-trees', params, state: 'done' });
  expect(label).toBe('Boosted trees');
});

test('a space is searched within its ranges, what is fixed stays', async () => {
  const goal = {
    learner: 'boosted-trees' as const,
    params: { rounds: 20 },
    space: { leaves: { kind: 'integer' as const, low: 4, high: 8 } },
    trials: 8,
  };
  const { trials } = await trainModel(request(trainingData('regression', 400), { goal }), ports);
  expect(trials).toHaveLength(8);
  for (const { params } of trials.slice(1)) {
    expect(params.leaves).toBeGreaterThanOrEqual(4);
    expect(params.leaves).toBeLessThanOrEqual(8);
    expect(params.rounds).toBe(20);
  }
  expect(new Set(trials.slice(1).map(({ params }) => params.leaves)).size).toBeGreaterThan(1);
});

test('each trial says why it is tried, and what it cost', async () => {
  const { trials } = await trainModel(request(trainingData('binary', 300), { goal: { trials: 2 } }), ports);
  for (const trial of trials) {
    expect(trial.why).not.toBe('');
    expect(trial.rows).toBe(8 * 300 - 300);
    expect(trial.curves).toHaveLength(8);
    expect(trial.seconds).toBeGreaterThan(0);
  }
});

describe('what is learned follows the metric', () => {
  const metricNamed = (id: string) => METRICS.find((metric) => metric.id === id)!;
  const trees = { learner: 'boosted-trees' as const, params: { rounds: 60, learningRate: 0.2 }, trials: 1 };

  test('so a model for absolute errors beats one for squared errors on rows with wild outliers', async () => {
    const wild = (seed: number) => {
      const data = trainingData('regression', 800, seed);
      return { ...data, target: data.target.map((value, row) => (row % 9 === 0 ? value * 60 : value)) };
    };
    const fresh = wild(8);
    const maeOf = async (selection: TrainRequest['selection']) => {
      const { model } = await trainModel(
        request(wild(1), { goal: trees, ...(selection && { selection }) }),
        ports,
      );
      return measure('regression', fresh.target, predictAdditive(model, fresh.features)).mae!;
    };
    expect(await maeOf({ metric: metricNamed('mae') })).toBeLessThan(0.8 * (await maeOf(undefined)));
  });

  test('so a quantile is above as large a share of fresh rows', async () => {
    const fresh = trainingData('regression', 2000, 8);
    const selection = { metric: metricNamed('pinball'), quantile: 0.9 };
    const { model } = await trainModel(
      request(trainingData('regression', 2000), { goal: trees, selection }),
      ports,
    );
    const { values } = predictAdditive(model, fresh.features);
    const below = fresh.target.filter((value, row) => value <= values[row]!).length / 2000;
    expect(below).toBeGreaterThan(0.8);
    expect(below).toBeLessThan(0.97);
  });

  test('so a rare class of several is answered more often where all count alike', async () => {
    const rare = (seed: number) => {
      const data = trainingData('multiclass', 900, seed);
      return { ...data, target: data.target.map((value, row) => (value === 2 && row % 4 !== 0 ? 1 : value)) };
    };
    const fresh = rare(8);
    const balanceOf = async (selection?: TrainRequest['selection']) => {
      const { model } = await trainModel(
        request(rare(1), { goal: trees, ...(selection && { selection }) }),
        ports,
      );
      return measure('multiclass', fresh.target, predictAdditive(model, fresh.features))[
        'balanced-accuracy'
      ]!;
    };
    const plain = await balanceOf();
    expect(await balanceOf({ metric: metricNamed('balanced-accuracy') })).toBeGreaterThan(plain + 0.02);
  });

  test('weights of classes leave the stated probabilities those of the data', async () => {
    const data = trainingData('binary', 1200);
    const rare = { ...data, target: data.target.map((value, row) => (value === 1 && row % 6 === 0 ? 1 : 0)) };
    const goal = { ...trees, params: { ...trees.params, rounds: 20, scalePosWeight: 6 } };
    const { outOfFold } = await trainModel(request(rare, { goal }), ports);
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(outOfFold.predictions.values)).toBeCloseTo(mean(rare.target), 1.5);
  });
});
