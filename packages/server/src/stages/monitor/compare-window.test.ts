import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { observationsOf, referenceOf, type ScoredRow } from '../../testing/reference-profile.builder.ts';
import { compareWindow } from './compare-window.ts';
import type { DriftReport } from './model.ts';
import { windowProfiler } from './window-profile.ts';

type Change = { shift?: number; missing?: number; newCity?: number; skew?: number };

/**
 * Eleven columns of different shape: normal, skewed, heavy-tailed, tied, with holes; few, many, long-tailed and very
 * many categories.
 */
function sampleRows(count: number, random: () => number, change: Change = {}): ScoredRow[] {
  const { shift = 0, missing = 0.1, newCity = 0, skew = 0.3 } = change;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => {
    const score = Math.min(1, random() * random() + shift / 4);
    return {
      row: {
        normal: normal() + shift,
        waiting: -Math.log(1 - random()),
        income: Math.exp(normal() * 1.5),
        stars: Math.floor(random() * 5),
        spend: random() < 0.7 ? 0 : random() * 10,
        holes: random() < missing ? null : normal(),
        plan: random() < skew ? 'basic' : 'full',
        month: `m${Math.floor(random() * 12)}`,
        shop: `s${Math.floor(random() * 50)}`,
        zip: `z${Math.floor(random() * 400)}`,
        city: random() < newCity ? 'Atlantis' : `c${Math.floor(1 / (random() + 0.002))}`,
      },
      score,
      value: random() < score ? 'Yes' : 'No',
    };
  });
}

function compare(referenceRows: readonly ScoredRow[], windowRows: readonly ScoredRow[]): DriftReport {
  const reference = referenceOf(referenceRows);
  const profiler = windowProfiler(reference);
  for (const observation of observationsOf(windowRows)) profiler.add(observation);
  return compareWindow(reference, profiler.profile());
}

describe('an inference graph', () => {
  it('has no reference of its scores, which are then not compared', () => {
    const rows = sampleRows(400, seededRandom(5));
    const scores = {
      edges: [0, 1],
      counts: [0],
      below: 0,
      above: 0,
      missing: 0,
      mean: 0,
      standardDeviation: 0,
    };
    const { classShares: _, ...measured } = referenceOf(rows);
    const reference = { ...measured, score: scores };
    const profiler = windowProfiler(reference);
    for (const observation of observationsOf(rows)) profiler.add(observation);
    const report = compareWindow(reference, profiler.profile());
    expect(report.scores).toEqual([]);
    expect(report.columns).toHaveLength(11);
    expect(report.says).toBe('No drift in 400 predictions: 11 columns were compared.');
  });
});

describe('false alarms', () => {
  it.each([50, 100, 200, 500, 1000])(
    'about one in a hundred windows of %d rows without drift is flagged',
    (size) => {
      const random = seededRandom(20_260_101 + size);
      const trials = 200;
      let flagged = 0;
      for (let trial = 0; trial < trials; trial++) {
        if (compare(sampleRows(1000, random), sampleRows(size, random)).drifted) flagged++;
      }
      // Alpha is 1 %: 7 or more of 200 would come by chance once in 200 such simulations.
      expect(flagged / trials).toBeLessThan(0.035);
    },
  );
});

describe('real changes are found, in the column that changed and no other', () => {
  const random = seededRandom(5);
  const training = sampleRows(2000, random);
  const drifted = (change: Change, size = 500) => {
    const report = compare(training, sampleRows(size, random, change));
    return { report, names: report.columns.filter((column) => column.drifted).map((column) => column.name) };
  };

  it('half a standard deviation', () => {
    const { report, names } = drifted({ shift: 0.5 });
    expect(names).toEqual(['normal']);
    expect(report.scores.map((score) => score.drifted)).toEqual([true, true]);
  });

  it('a category whose share doubles', () => {
    expect(drifted({ skew: 0.6 }).names).toEqual(['plan']);
  });

  it('missing values', () => {
    const { report, names } = drifted({ missing: 0.25 });
    expect(names).toEqual(['holes']);
    expect(report.columns[0]!.leading).toBe('missing-share');
  });

  it('a value that training never saw', () => {
    const { report, names } = drifted({ newCity: 0.2 });
    expect(names).toEqual(['city']);
    expect(report.columns[0]!.unseenValues).toHaveProperty('Atlantis');
  });
});

it('sees the share of ones change in a column of zeros and ones, which has a single bin', () => {
  const random = seededRandom(12);
  const rows = (count: number, ones: number): ScoredRow[] =>
    Array.from({ length: count }, () => ({ row: { senior: random() < ones ? 1 : 0 }, score: random() }));
  const training = rows(2000, 0.16);
  expect(compare(training, rows(500, 0.16)).drifted).toBe(false);
  const [senior] = compare(training, rows(500, 0.35)).columns;
  expect(senior).toMatchObject({ drifted: true, leading: 'mean-shift' });
});

it('a difference too small to matter is no drift, however many rows show it', () => {
  const random = seededRandom(6);
  const row = (value: number): ScoredRow => ({ row: { x: value }, score: value });
  const training = Array.from({ length: 100_000 }, () => row(random()));
  const report = compare(
    training,
    Array.from({ length: 100_000 }, () => row(random() * 1.02)),
  );
  const [x] = report.columns;
  expect(x!.tests.find((test) => test.test === 'kolmogorov-smirnov')!.significant).toBe(true);
  expect(report.drifted).toBe(false);
  expect(x!.says).toMatch(/^x is as in training; PSI 0\.0\d, limit 0\.10\.$/);
});

it('tells direction and limit in one sentence, and the three facts in another', () => {
  const random = seededRandom(7);
  const report = compare(sampleRows(2000, random), sampleRows(500, random, { shift: 0.5 }));
  expect(report.columns[0]!.says).toMatch(
    /^normal is 0\.5\d higher than in training \(.+ on average, .+ in training\); PSI 0\.\d\d, limit 0\.10\.$/,
  );
  expect(report.columns[0]!.statistics).toMatch(
    /^Wasserstein distance .+, above the limit 0\.10 and above .+, which chance alone exceeds 1 time in 100; it holds among all tests of the window \(p = .+\)\.$/,
  );
});

it('a window below the minimum is reported but may not raise alerts', () => {
  const random = seededRandom(8);
  const report = compare(sampleRows(2000, random), sampleRows(150, random, { shift: 1 }));
  expect(report).toMatchObject({ drifted: true, enough: false });
  expect(report.says).toContain('Fewer than 200 rows raise no alert.');
});

it('a drifted column that the model ignores stays a note', () => {
  const random = seededRandom(9);
  const reference = referenceOf(sampleRows(2000, random));
  reference.importance = { ...reference.importance, normal: 0.0001 };
  const profiler = windowProfiler(reference);
  for (const observation of observationsOf(sampleRows(500, random, { shift: 0.5 })))
    profiler.add(observation);
  const column = compareWindow(reference, profiler.profile()).columns.find(({ name }) => name === 'normal')!;
  expect(column).toMatchObject({ drifted: true, level: 'note' });
});

it('a column says how many of its values training never saw', () => {
  const random = seededRandom(9);
  const reference = referenceOf(sampleRows(2000, random));
  const profiler = windowProfiler(reference);
  const warnings = (['missing-not-seen', 'out-of-range', 'out-of-range'] as const).map((code) => {
    return { code, column: 'normal', message: '' };
  });
  for (const observation of observationsOf(sampleRows(500, random)))
    profiler.add({ ...observation, warnings });
  const { columns } = compareWindow(reference, profiler.profile());
  const normal = columns.find(({ name }) => name === 'normal')!;
  expect(normal.warnings).toEqual({ 'missing-not-seen': 500, 'out-of-range': 1000 });
  expect(normal.says).toMatch(/ Training never saw such values: 500 missing, 1,000 far outside the range\.$/);
  expect(columns.filter((column) => column.warnings !== undefined)).toEqual([normal]);
});

it('a window without rows has no drift and says so', () => {
  const report = compare(sampleRows(500, seededRandom(10)), []);
  expect(report.drifted).toBe(false);
  expect(report.columns.every((column) => column.says.endsWith('nothing to compare.'))).toBe(true);
});
