import { expect, test } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import { matrixOf, sampleData, thirds } from '../../testing/sample-training.ts';
import { featureView } from './feature-view.ts';
import { inProcessTrials } from './in-process-trials.ts';
import { binFeatures } from './learners/boosted-trees/index.ts';
import { LEARNERS, type LearnerData, type LearnerId } from './learners/index.ts';

const ROWS = 400;
const full = withSparse(sampleData('binary', ROWS));
const { rows: train, validation } = thirds(ROWS);

/** With columns that are mostly zero and exclude one another, so that they share a column of bins. */
function withSparse(data: LearnerData): LearnerData {
  const flags = [0, 1, 2].map((flag) =>
    Float32Array.from({ length: ROWS }, (_, row) => Number(row % 11 === flag)),
  );
  const features = matrixOf([...data.features.columns, ...flags], { 2: 6 });
  return { ...data, features, binned: binFeatures(features) };
}

function fitOn(data: LearnerData, learner: LearnerId, features?: readonly number[]) {
  const open = inProcessTrials(systemClock)(data, [{ train, validation }], new AbortController().signal);
  const params =
    learner === 'boosted-trees' ? { ...LEARNERS[learner].defaults, rounds: 15 } : LEARNERS[learner].defaults;
  const task = { learner, params, fold: 0, seed: 3, seconds: Number.POSITIVE_INFINITY };
  return open.then((pool) => pool.run(features === undefined ? task : { ...task, features }));
}

test.each(['boosted-trees', 'linear', 'extra-trees', 'neighbours'] as const)(
  'a fit of %s on some features is that on data of these alone, in their order',
  async (learner) => {
    const chosen = [5, 0, 2, 4];
    const columns = chosen.map((feature) => full.features.columns[feature]!);
    const features = matrixOf(columns, { 2: 6 });
    const alone = { ...full, features, binned: binFeatures(features) };
    const [seen, own] = await Promise.all([fitOn(full, learner, chosen), fitOn(alone, learner)]);
    expect({ ...seen, seconds: 0 }).toEqual({ ...own, seconds: 0 });
  },
);

test('bins are shared, and a column that several features lie in is kept for those that are wanted', () => {
  const shared = full.binned.columns.findIndex(({ features }) => features.length > 1);
  expect(shared).toBeGreaterThanOrEqual(0);
  const [, second] = full.binned.columns[shared]!.features;
  const { binned } = featureView(full, [1, second!]);
  expect(binned.memory).toBe(full.binned.memory);
  expect(binned.columns).toHaveLength(2);
  expect(binned.columns[binned.features[1]!.column]!.features).toEqual([1]);
});
