import { describe, expect, test } from 'vitest';
import { systemClock } from '../../kernel/index.ts';
import { textColumn } from '../../testing/random-texts.ts';
import type { Table } from '../ingest/index.ts';
import { encodeFeatures, fitPreparation, type Preparation } from '../prepare/index.ts';
import { ensembleModels, scaleModel } from './ensemble-models.ts';
import { inProcessTrials } from './in-process-trials.ts';
import { binFeatures } from './learners/boosted-trees/index.ts';
import { LEARNERS, type LearnerData } from './learners/index.ts';
import { madeTrials } from './making/made-trials.ts';
import type { AdditiveModel, TrainingData } from './model.ts';
import { predictAdditive, rawScores } from './predict.ts';
import { featuresRead } from './renumber-features.ts';
import { settleTerms } from './settle-terms.ts';
import { textsOf } from './texts-of.ts';
import { trainModel } from './train-model.ts';

const ROWS = 240;
const SUBJECTS = ['printer', 'screen', 'cable', 'battery', 'keyboard', 'invoice', 'delivery', 'colour'];

/** Complaints and praise: the class is told by words and by pairs of words, never by the length of a text. */
function letters(): { table: { rows: number; columns: ReturnType<typeof textColumn>[] }; angry: boolean[] } {
  const angry = Array.from({ length: ROWS }, (_, i) => Math.sin(i * i + i) > 0);
  const texts = angry.map((isAngry, i) => {
    const subject = SUBJECTS[i % SUBJECTS.length]!;
    const mood = isAngry ? ['broken', 'not good', 'awful'][i % 3]! : ['lovely', 'good', 'perfect'][i % 3]!;
    return `The ${subject} number ${i % 50} was ${mood}, ${SUBJECTS[(i * 7) % 8]!} as well.`;
  });
  const columns = [
    textColumn(texts),
    textColumn(
      angry.map((is) => (is ? 'angry' : 'happy')),
      'mood',
    ),
  ];
  return { table: { rows: ROWS, columns }, angry };
}

function prepared() {
  const { table, angry } = letters();
  const trainRows = Int32Array.from({ length: ROWS }, (_, row) => row);
  const schema = {
    columns: [
      { name: 'text', type: 'string' as const, role: 'text' as const, nullable: false },
      { name: 'mood', type: 'string' as const, role: 'categorical' as const, nullable: false },
    ],
  };
  const preparation = fitPreparation(table, schema, { target: 'mood', task: 'binary', trainRows });
  const isAngry = preparation.classes.indexOf('angry');
  const target = Float64Array.from(angry, (is) => (is ? isAngry : 1 - isAngry));
  return { table, preparation, data: dataOf(preparation, table, target) };
}

function dataOf(preparation: Preparation, table: Table, target: Float64Array): TrainingData {
  const features = encodeFeatures(preparation, table);
  return { task: 'binary', classes: 2, features, target, ...textsOf(preparation, table) };
}

const half = {
  rows: Int32Array.from({ length: ROWS / 2 }, (_, i) => 2 * i),
  validation: Int32Array.from({ length: ROWS / 2 }, (_, i) => 2 * i + 1),
};

describe('terms of texts', () => {
  const { table, preparation, data } = prepared();
  const withBins: LearnerData = { ...data, binned: binFeatures(data.features) };
  const context = { ...half, seed: 1, shouldStop: () => false };
  const fit = LEARNERS.linear.fit(withBins, LEARNERS.linear.defaults, context);

  /** Margins of the model once its terms are features. */
  function settled(model: AdditiveModel): Float64Array {
    const { model: read, texts } = settleTerms(model, data.texts!.terms, preparation.features.length);
    expect(read.terms).toBeUndefined();
    return rawScores(read, encodeFeatures({ features: [...preparation.features, ...texts] }, table));
  }

  test('tell a linear model what topics and lengths do not', () => {
    const right = half.validation.filter(
      (row, i) => fit.validationMargins[i]! > 0 === (data.target[row] === 1),
    );
    expect(right.length / half.validation.length).toBeGreaterThan(0.97);
  });

  test('say of a text as short as none was what its words say', () => {
    const { model: read, texts } = settleTerms(fit.model, data.texts!.terms, preparation.features.length);
    const short = { rows: 2, columns: [textColumn(['awful', 'lovely'])] };
    const [awful, lovely] = rawScores(
      read,
      encodeFeatures({ features: [...preparation.features, ...texts] }, short),
    );
    const angry = preparation.classes.indexOf('angry') === 1 ? 1 : -1;
    expect(angry * awful!).toBeGreaterThan(0);
    expect(angry * lovely!).toBeLessThan(0);
  });

  test('become features with which the model says what it said of rows it had not seen', () => {
    const margins = settled(fit.model);
    half.validation.forEach((row, i) => {
      expect(margins[row]).toBeCloseTo(fit.validationMargins[i]!, 4);
    });
  });

  test('are summed up by blends and calibrations as all else is', () => {
    const other = LEARNERS.linear.fit(withBins, { ...LEARNERS.linear.defaults, l2: 0.1 }, context).model;
    const blended = settled(scaleModel(ensembleModels([fit.model, other], [0.25, 0.75]), 2, [1]));
    const [first, second] = [settled(fit.model), settled(other)];
    blended.forEach((margin, row) => {
      expect(margin).toBeCloseTo(2 * (0.25 * first[row]! + 0.75 * second[row]!) + 1, 4);
    });
  });
});

test('of texts with more terms than there is room for, features are all there is to learn from', () => {
  const { table, preparation } = prepared();
  const { texts } = textsOf(preparation, table);
  expect(texts?.terms[0]?.rows).toBe(ROWS);
  const fewer = textsOf(preparation, table, ROWS).texts;
  expect(fewer).toEqual({ terms: [], features: texts?.features });
});

test('a fit without texts sees the other features alone, under the numbers that they have', async () => {
  const { data } = prepared();
  const days = Float32Array.from(data.target, (angry, row) => angry + (row % 7) / 10);
  const { columns, levels } = data.features;
  const features = { rows: ROWS, columns: [...columns, days], levels: Int32Array.from([...levels, 0]) };
  const learnt: LearnerData = { ...data, features, binned: binFeatures(features) };
  const own = columns.length + 1;
  const openTrials = inProcessTrials(systemClock);
  const { signal } = new AbortController();
  const folds = [{ train: half.rows, validation: half.validation }];
  const pool = await openTrials(learnt, folds, signal);
  const { trials } = madeTrials(pool, openTrials, { own, texts: data.texts!.features }, folds, signal);
  const fitOf = (learner: 'boosted-trees' | 'linear' | 'network') =>
    trials.run({
      ...{ learner, fold: 0, seed: 1, seconds: 60 },
      params: { ...LEARNERS[learner].defaults, text: false },
    });
  for (const learner of ['boosted-trees', 'linear', 'network'] as const) {
    const { model, importance } = await fitOf(learner);
    expect(featuresRead(model)).toEqual([own - 1]);
    expect(model.terms).toBeUndefined();
    expect(importance).toHaveLength(own);
  }
}, 120_000);

test('a search reads texts where they pay, and its model needs features alone', async () => {
  const { table, preparation, data } = prepared();
  const goal = { trials: 4 };
  const request = { data, budgetSeconds: Number.POSITIVE_INFINITY, seed: 1, goal };
  const trained = await trainModel(request, { openTrials: inProcessTrials(systemClock), clock: systemClock });
  expect(trained.trials.map(({ label }) => label)).toContain('Boosted trees without texts');
  expect(trained.leaderboard[0]?.label).not.toContain('without texts');
  const features = encodeFeatures({ features: [...preparation.features, ...trained.texts] }, table);
  const { values } = predictAdditive(trained.model, features);
  const right = values.filter((value, row) => value > 0.5 === (data.target[row] === 1)).length;
  expect(right / ROWS).toBeGreaterThan(0.97);
}, 120_000);
