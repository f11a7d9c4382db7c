import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { METRICS } from '../../train/index.ts';
import type { ValidatedTask } from '../model.ts';
import { bootstrap, differenceOf, intervalOf } from './bootstrap.ts';
import type { Judged } from './judged.ts';
import { HEADLINE_STATISTIC, meanStatistic } from './statistics.ts';
import { takeJudged } from './take-predictions.ts';

const HEADLINES = [
  ['binary', 'roc-auc'],
  ['multiclass', 'accuracy'],
  ['regression', 'r2'],
] as const;

function randomJudged(task: ValidatedTask, rows: number, seed: number): Judged {
  const random = seededRandom(seed);
  const outputs = task === 'multiclass' ? 3 : 1;
  const target = Float64Array.from({ length: rows }, () => Math.floor(random() * (outputs === 3 ? 3 : 2)));
  // Few distinct values, so that there are ties.
  const values = Float64Array.from({ length: rows * outputs }, () => Math.round(random() * 20) / 20);
  return { target, predictions: { rows, outputs, values }, threshold: 0.5 };
}

describe('a statistic of drawn rows is the metric of the rows written out', () => {
  it.each(HEADLINES)('%s: %s', (task, id) => {
    const judged = randomJudged(task, 300, 3);
    const random = seededRandom(4);
    const drawn = Int32Array.from({ length: 300 }, () => Math.floor(random() * 300));
    const draws = new Uint16Array(300);
    for (const row of drawn) draws[row]!++;
    const written = takeJudged(judged, drawn);
    const metric = METRICS.find((one) => one.id === id)!;
    const expected = metric.compute(written.target, written.predictions, { threshold: 0.5 });
    expect(HEADLINE_STATISTIC[task](judged)(draws)).toBeCloseTo(expected, 12);
  });
});

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

it('about 95 of 100 intervals hold the true value', () => {
  const random = seededRandom(11);
  let held = 0;
  for (let trial = 0; trial < 200; trial++) {
    const values = Float64Array.from({ length: 200 }, () => normal(random) + 3);
    const { low, high } = intervalOf(
      bootstrap(() => [meanStatistic(values)], 200, trial),
      0,
    );
    if (low <= 3 && 3 <= high) held++;
  }
  expect(held / 200).toBeGreaterThan(0.9);
  expect(held / 200).toBeLessThan(0.99);
});

it('models that err on the same rows are told apart by the paired difference', () => {
  const random = seededRandom(12);
  const noise = Float64Array.from({ length: 500 }, () => normal(random));
  const statistics = [meanStatistic(noise), meanStatistic(noise.map((value) => value - 0.01))];
  const resamples = bootstrap(() => statistics, 500, 1);
  const difference = differenceOf(resamples, 0, 1);
  const alone = intervalOf(resamples, 0);
  expect(difference.low).toBeGreaterThan(0);
  expect(alone.high - alone.low).toBeGreaterThan(0.1);
});

it('the same seed gives the same interval', () => {
  const judged = randomJudged('binary', 200, 5);
  const run = (seed: number) =>
    intervalOf(
      bootstrap(() => [HEADLINE_STATISTIC.binary(judged)], 200, seed),
      0,
    );
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
});

it('above 50,000 rows a part is drawn from, and the interval is that of all rows', () => {
  const random = seededRandom(13);
  const rows = 200_000;
  const values = Float64Array.from({ length: rows }, () => normal(random));
  const prepare = (part: Int32Array | undefined) => [
    meanStatistic(part === undefined ? values : Float64Array.from(part, (row) => values[row]!)),
  ];
  const resamples = bootstrap(prepare, rows, 1);
  const { value, low, high } = intervalOf(resamples, 0);
  const expected = (2 * 1.96) / Math.sqrt(rows);
  expect(value).toBe(values.reduce((sum, x) => sum + x, 0) / rows);
  expect((high - low) / expected).toBeGreaterThan(0.85);
  expect((high - low) / expected).toBeLessThan(1.15);
});
