import { describe, expect, test } from 'vitest';
import { type Clock, seededRandom, systemClock } from '../../../../kernel/index.ts';
import { tableOf } from '../../../../testing/tables.ts';
import type { Table } from '../../../ingest/index.ts';
import { columnsOf, encodeFeatures, type FeatureSpec, type MadeFeature } from '../../../prepare/index.ts';
import { inProcessTrials } from '../../in-process-trials.ts';
import type { TrainingData } from '../../model.ts';
import type { JournalEntry, TrialJournal } from '../../ports.ts';
import { predictAdditive } from '../../predict.ts';
import { featuresRead } from '../../renumber-features.ts';
import { type TrainRequest, trainModel } from '../../train-model.ts';

const ports = { openTrials: inProcessTrials(systemClock), clock: systemClock };

/** The value is the price per surface, or goes with the shop, of which there are many; noise means nothing. */
function shops(
  rows: number,
  seed: number,
  by: 'surface' | 'shop' = 'surface',
): { table: Table; value: Float64Array } {
  const random = seededRandom(seed);
  const columns = {
    price: [] as number[],
    surface: [] as number[],
    shop: [] as string[],
    noise: [] as number[],
    sold: [] as Date[],
  };
  const value = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [price, surface] = [100 + 900 * random(), 40 + 90 * random()];
    const shop = Math.floor(random() ** 2 * 60);
    columns.price.push(price);
    columns.surface.push(surface);
    columns.shop.push(`shop ${shop}`);
    columns.noise.push(random());
    columns.sold.push(new Date(Date.UTC(2024, 0, 1 + Math.floor(random() * 700))));
    const told = by === 'surface' ? price / surface : ((shop * 7919) % 13) / 2;
    value[row] = told + (random() - 0.5) / 2;
  }
  return { table: tableOf(columns), value };
}

const FEATURES: FeatureSpec[] = [
  { kind: 'number', name: 'price', column: 'price' },
  { kind: 'number', name: 'surface', column: 'surface' },
  { kind: 'number', name: 'noise', column: 'noise' },
];

function requestOf(
  { table, value }: ReturnType<typeof shops>,
  features: FeatureSpec[],
  more: Partial<TrainRequest> = {},
): TrainRequest {
  const data: TrainingData = {
    task: 'regression',
    classes: 0,
    features: encodeFeatures({ features }, table),
    target: value,
  };
  return {
    data,
    budgetSeconds: Number.POSITIVE_INFINITY,
    seed: 1,
    goal: { learner: 'boosted-trees', params: { rounds: 30, learningRate: 0.2 }, trials: 5 },
    making: { table, features, target: 'value', classes: [] },
    ...more,
  };
}

test('training goes on without made features when they cannot be made', async () => {
  let opened = 0;
  const openTrials: typeof ports.openTrials = (...data) => {
    if (++opened > 1) throw new Error('there is no memory for them');
    return ports.openTrials(...data);
  };
  const { made, model } = await trainModel(requestOf(shops(900, 1), FEATURES), { ...ports, openTrials });
  expect(opened).toBe(2);
  expect(made.features).toEqual([]);
  expect(made.says).toContain('there is no memory for them');
  expect(model.trees.length).toBeGreaterThan(0);
});

const rmse = (values: Float64Array, target: Float64Array) =>
  Math.sqrt(values.reduce((sum, one, row) => sum + (one - target[row]!) ** 2, 0) / target.length);

describe('features made for the model', () => {
  const known = shops(900, 1);
  const fresh = shops(900, 2);
  const trained = trainModel(requestOf(known, FEATURES), ports);
  const plain = trainModel({ ...requestOf(known, FEATURES), making: undefined as never }, ports);

  test('are found and kept where they pay, and the model is better for them on rows to come', async () => {
    const { made, model } = await trained;
    expect(made.features.map(columnsOf)).toContainEqual(expect.arrayContaining(['price', 'surface']));
    expect(made.says).toMatch(/made features? pay/);
    const complete = [...FEATURES, ...made.features];
    const predictions = predictAdditive(model, encodeFeatures({ features: complete }, fresh.table));
    const without = predictAdditive((await plain).model, encodeFeatures({ features: FEATURES }, fresh.table));
    expect(rmse(predictions.values, fresh.value)).toBeLessThan(0.95 * rmse(without.values, fresh.value));
  });

  test('are all read by the model, which knows them behind its own', async () => {
    const { made, model } = await trained;
    const own = FEATURES.length;
    expect(featuresRead(model).filter((feature) => feature >= own)).toEqual(
      made.features.map((_, i) => own + i),
    );
  });

  test('are told of: the trial that decided, what it was to find out, and the label of those that see them', async () => {
    const { trials, leaderboard, made } = await trained;
    const decided = trials.find(({ why }) => why.startsWith('do features made of numbers pay'));
    expect(decided).toMatchObject({ state: 'done', label: 'Boosted trees with made features' });
    expect(leaderboard[0]!.label).toMatch(/made features|blend/i);
    expect(made.tests.find(({ of }) => of === 'numbers')).toMatchObject({ pays: true });
  });

  test('are the same for the same seed', async () => {
    const again = await trainModel(requestOf(known, FEATURES), ports);
    expect(JSON.stringify(again.model) === JSON.stringify((await trained).model)).toBe(true);
    expect(again.made).toEqual((await trained).made);
  });

  test('are not kept where the target knows nothing of them', async () => {
    const random = seededRandom(9);
    const noisy = { ...known, value: known.value.map(() => random()) };
    const { made, model } = await trainModel(requestOf(noisy, FEATURES), ports);
    expect(made.features).toEqual([]);
    expect(Math.max(-1, ...featuresRead(model))).toBeLessThan(FEATURES.length);
    expect(made.says).toMatch(/none showed promise|did not pay/);
  });
});

describe('a category of many values', () => {
  const known = shops(1200, 3, 'shop');
  const features: FeatureSpec[] = [
    { kind: 'number', name: 'noise', column: 'noise' },
    { kind: 'category', name: 'shop', column: 'shop', levels: ['shop 0'] },
  ];

  test('becomes a mean of the target with what was learnt from all training rows', async () => {
    const { made } = await trainModel(requestOf(known, features), ports);
    const mean = made.features.find((one) => one.kind === 'lookup' && one.by === 'target-mean') as Extract<
      MadeFeature,
      { kind: 'lookup' }
    >;
    expect(mean).toMatchObject({ name: 'mean of value by shop', class: null });
    expect(mean.values.every((value) => Math.fround(value) === value)).toBe(true);
    expect(mean.keys.length).toBeGreaterThan(40);
    const total = known.value.reduce((sum, value) => sum + value, 0) / known.value.length;
    expect(mean.otherwise).toBeCloseTo(total, 4);
  });

  test('is learnt from earlier rows alone where rows are in time order, and never from its own group', async () => {
    for (const more of [
      { order: 'time' as const },
      { groups: Int32Array.from(known.value, (_, row) => row % 50) },
    ]) {
      const { made } = await trainModel(requestOf(known, features, more), ports);
      expect(made.features.map(({ name }) => name)).toContain('mean of value by shop');
    }
  });
});

test('of several classes each but the first has its mean', async () => {
  const known = shops(1200, 3, 'shop');
  const random = seededRandom(4);
  const classes = ['low', 'middle', 'high'];
  const target = known.value.map((value) => Math.min(2, Math.max(0, Math.floor(value / 2.2 + random() / 4))));
  const features: FeatureSpec[] = [{ kind: 'category', name: 'shop', column: 'shop', levels: ['shop 0'] }];
  const { data, ...rest } = requestOf(known, features);
  const { made } = await trainModel(
    {
      ...rest,
      data: { ...data, task: 'multiclass', classes: 3, target },
      making: { table: known.table, features, target: 'value', classes },
    },
    ports,
  );
  const names = made.features.map(({ name }) => name);
  expect(names).toContain('mean of value is middle by shop');
  expect(names).toContain('mean of value is high by shop');
  expect(names).not.toContain('mean of value is low by shop');
});

describe('nothing is tried, and that is said,', () => {
  test('with few rows', async () => {
    const { made } = await trainModel(requestOf(shops(300, 1), FEATURES), ports);
    expect(made).toMatchObject({ features: [], says: expect.stringContaining('300 rows are too few') });
  });

  test('when one set of parameters is asked for', async () => {
    const goal = { learner: 'boosted-trees' as const, params: { rounds: 5 }, trials: 1 };
    const { made, trials } = await trainModel(requestOf(shops(600, 1), FEATURES, { goal }), ports);
    expect(trials).toHaveLength(1);
    expect(made.says).toContain('the number of trials');
  });

  test('when predictions are to rise with a column', async () => {
    const params = { rounds: 5, monotoneConstraints: [1, 0, 0] };
    const goal = { learner: 'boosted-trees' as const, params, trials: 5 };
    const { made } = await trainModel(requestOf(shops(600, 1), FEATURES, { goal }), ports);
    expect(made).toMatchObject({ features: [], says: expect.stringContaining('constraints') });
  });

  test('when the budget has no room', async () => {
    let milliseconds = 0;
    const tick = () => (milliseconds += 10);
    const clock: Clock = { now: tick, monotonic: tick };
    const request = requestOf(shops(600, 1), FEATURES, { budgetSeconds: 8 });
    const { made } = await trainModel(request, { openTrials: inProcessTrials(clock), clock });
    expect(made).toMatchObject({ features: [], says: expect.stringContaining('no room') });
  });
});

test('a search that is cut off goes on with the features it had begun to try', async () => {
  const request = requestOf(shops(600, 1), FEATURES);
  const whole = await trainModel(request, ports);
  const entries: JournalEntry[] = [];
  const journal: TrialJournal = {
    read: async () => [...entries],
    append: async (entry) => void entries.push(entry),
  };
  await trainModel(request, { ...ports, journal });
  const made = entries.findIndex(({ kind }) => kind === 'made');
  expect(made).toBeGreaterThan(0);
  for (const kept of [made, made + 3, entries.length - 1]) {
    const rest = entries.slice(0, kept);
    const again: TrialJournal = {
      read: async () => [...rest],
      append: async (entry) => void rest.push(entry),
    };
    const resumed = await trainModel(request, { ...ports, journal: again });
    // Compared as text: a difference of thousands of numbers takes long to show.
    expect(JSON.stringify(resumed.model) === JSON.stringify(whole.model), `after ${kept} entries`).toBe(true);
    expect(resumed.made.features).toEqual(whole.made.features);
  }
});
