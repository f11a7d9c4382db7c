import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../ingest/index.ts';
import type { DecisionCosts, ThresholdDecision } from '../train/index.ts';
import { populationOf } from './card/population.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { validateForecast } from './forecast/validate-forecast.ts';
import { decideGates } from './gates/index.ts';
import { type CardFacts, renderModelCard } from './model-card.ts';
import { validateCandidate } from './validate-candidate.ts';

const target = Float64Array.from({ length: 200 }, (_, i) => i % 2);
const report = validateCandidate({
  task: 'binary',
  classes: ['No', 'Yes'],
  threshold: 0.5,
  prior: { classShares: [0.5, 0.5] },
  datasets: [
    {
      name: 'holdout',
      target,
      candidate: { rows: 200, outputs: 1, values: target.map((y, i) => (y + (3 * (i % 7)) / 7) / 4) },
    },
  ],
  seed: 1,
});

const TRAINING: Table = {
  rows: 60,
  columns: [
    { name: 'age', type: 'number', values: Float64Array.from({ length: 60 }, (_, row) => 20 + row) },
    {
      name: 'ward',
      type: 'string',
      codes: Int32Array.from({ length: 60 }, (_, row) => (row % 2 ? -1 : (row / 2) % 2)),
      dictionary: ['A', 'B'],
    },
    {
      name: 'smokes',
      type: 'number',
      values: Float64Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? 1 : 0)),
    },
  ],
};

const chosenBy = (costs: DecisionCosts): ThresholdDecision => ({
  threshold: 0.25,
  by: 'costs',
  says: '',
  costs,
});

const FACTS: CardFacts = {
  name: 'churn',
  version: 2,
  createdAt: '2026-01-01T00:00:00.000Z',
  target: 'churned',
  report,
  dataset: { name: 'customers', version: 4, rows: 1000 },
  split: { train: 800, holdout: 200, says: 'stratified by class' },
  learner: 'boosted-trees',
  inputs: [{ name: 'age', type: 'number', nullable: true }],
  verdict: decideGates({ report }),
};

it('tells what is known: quality in words, gates, figures with intervals, calibration, inputs, data and training', () => {
  const card = renderModelCard(FACTS);
  for (const heading of [
    '## How well it does',
    '## When it answers',
    '## Where not to use it, or only with care',
    '## Gates',
    '## Quality on holdout',
    '### Calibration',
    '## Inputs',
    '## Data',
    '## Training',
  ]) {
    expect(card).toContain(heading);
  }
  expect(card).toContain('| age | number | yes |');
  expect(card).toMatch(/\*\*roc-auc 0\.\d+ \(95 % interval /);
});

describe('quality in words', () => {
  /** 100 rows that are Yes, of which 80 are answered so; 300 that are No, of which 30 are. */
  const truth = Float64Array.from({ length: 400 }, (_, row) => (row < 100 ? 1 : 0));
  const stated = Float64Array.from({ length: 400 }, (_, row) =>
    row < 80 || (row >= 100 && row < 130) ? 0.8 : 0.1,
  );
  const card = renderModelCard({
    ...FACTS,
    report: validateCandidate({
      task: 'binary',
      classes: ['No', 'Yes'],
      threshold: 0.25,
      prior: { classShares: [0.75, 0.25] },
      decision: {
        ...chosenBy({ fn: 3, fp: 1, tp: 0, tn: 0 }),
        says: 'A missed positive costs 3 and a false alarm 1: they imply this threshold.',
      },
      groups: [{ column: 'sex', cuts: null }],
      datasets: [
        {
          name: 'holdout',
          target: truth,
          candidate: { rows: 400, outputs: 1, values: stated },
          table: {
            rows: 400,
            columns: [
              {
                name: 'sex',
                type: 'string',
                codes: Int32Array.from({ length: 400 }, (_, row) => (row < 10 ? 2 : row % 2)),
                dictionary: ['f', 'm', 'x'],
              },
            ],
          },
        },
      ],
      seed: 1,
    }),
    population: populationOf(TRAINING, ['age', 'ward', 'smokes']),
    classShares: [0.75, 0.25],
    readings: { age: 'decimal comma' },
  });

  it('says of how many of a hundred it finds, flags and is right, with intervals', () => {
    expect(card).toContain('Of 100 rows whose churned is Yes, it finds 80 (95 % interval 71 to 87)');
    expect(card).toContain('Of 100 rows whose churned is No, it answers No for 90 (95 % interval 86 to 93)');
    expect(card).toContain('Of 100 rows for which it answers Yes, 73 (95 % interval 64 to 80) are Yes');
    expect(card).toContain('Of 100 rows for which it answers No, 93 (95 % interval 90 to 95) are No');
    expect(card).toContain('always answering No would be right for 75');
  });

  it('says from which probability on it answers, why, and what that costs beside simpler ways', () => {
    expect(card).toContain('It answers Yes from a probability of 0.25 on. A missed positive costs 3');
    expect(card).toContain('cost 225 per 1,000 rows');
    expect(card).toContain('and never 750.');
  });

  it('says what it learned from and where that ends', () => {
    expect(card).toContain('Predicts whether **churned** is **Yes** or No from age, ward, smokes.');
    expect(card).toContain('In the training rows 25 % were Yes');
    expect(card).toContain('| age | 20 to 79, half of them 35 to 64 |  |');
    expect(card).toContain('| ward | A 50 %, B 50 % | 50 % |');
    expect(card).toContain('| smokes | 0 67 %, 1 33 % |  |');
    expect(card).toContain('Rows with values that it never saw: age below 20 or above 79');
    expect(card).toContain('These groups of sex, of which there were too few rows to judge: x (10 rows).');
    expect(card).toContain('| age | number | yes | decimal comma |');
  });

  it('has one measure of importance, by its name', () => {
    expect(card.match(/importance/gi) ?? []).toHaveLength(0);
    const importance = { metric: 'log-loss' as const, rows: 9, shuffles: 5, columns: [] };
    const explanation = {
      importance,
      attribution: { rows: 9, columns: [] },
      dependence: { rows: 9, outputs: [], columns: [] },
    };
    const explained = renderModelCard({ ...FACTS, report: { ...report, explanation } });
    expect(explained.match(/importance/gi)).toHaveLength(1);
    expect(explained).toContain('Permutation importance: how much the log loss rises');
  });
});

it('tells of numbers how far off they are, in the unit of the target, and of classes which are hard', () => {
  const truth = Float64Array.from({ length: 100 }, (_, row) => row);
  const numbers = renderModelCard({
    ...FACTS,
    target: 'price',
    report: validateCandidate({
      task: 'regression',
      classes: [],
      threshold: 0.5,
      prior: { mean: 49.5 },
      datasets: [
        {
          name: 'h',
          target: truth,
          candidate: { rows: 100, outputs: 1, values: truth.map((y, row) => y + (row % 2 ? 2 : -2)) },
        },
      ],
      seed: 1,
    }),
  });
  expect(numbers).toContain('Predictions of price are off by 2 on average');
  expect(numbers).toContain('between 2 below and 2 above the prediction');
  const classes = renderModelCard({
    ...FACTS,
    report: validateCandidate({
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      threshold: 0.5,
      prior: { classShares: [0.4, 0.3, 0.3] },
      datasets: [
        {
          name: 'h',
          target: truth.map((row) => row % 3),
          candidate: {
            rows: 100,
            outputs: 3,
            values: Float64Array.from({ length: 300 }, (_, i) =>
              i % 3 === (Math.floor(i / 3) % 3 === 2 ? 0 : Math.floor(i / 3) % 3) ? 0.8 : 0.1,
            ),
          },
        },
      ],
      seed: 1,
    }),
  });
  expect(classes).toContain('Hardest class: c: of 100 such rows it finds 0 ');
  expect(classes).toContain('most frequent mistake is to answer a where it is c (33 rows)');
});

it('tells of a forecast how much less it errs than the baseline, and how often its intervals held', () => {
  const numbers = (...values: number[]) => Float64Array.from(values);
  const truth = numbers(10, 20, 30, 40, 50, 60);
  const forecast = truth.map((y) => y + 1);
  const report = validateForecast({
    horizon: 6,
    baselineSays: 'the last value',
    champion: null,
    sets: [
      {
        name: 'hold-out',
        series: [
          {
            candidate: {
              ...{ truth, forecast, reference: forecast, scale: 10 },
              intervals: [{ level: 0.8, lower: truth.map((y) => y - 5), upper: truth.map((y) => y + 5) }],
            },
            baseline: truth.map((y) => y + 4),
            champion: null,
            example: { series: '', times: [1, 2, 3, 4, 5, 6, 7], history: [5] },
          },
        ],
      },
    ],
    seed: 1,
  });
  const card = renderModelCard({ ...FACTS, target: 'passengers', report });
  expect(card).toContain('Predicts the next values of **passengers**');
  expect(card).toContain('Its errors are 75 % less than those of the baseline (MASE 0.1)');
  expect(card).toContain('Its 80 % intervals held the actual value in 100 of 100 cases.');
  expect(card).not.toMatch(/undefined|NaN|When it answers/);
});

it('does not mention what nobody told it', () => {
  const card = renderModelCard(FACTS);
  for (const word of ['Owner', 'Intended', 'Licence', 'undefined', 'NaN', 'null'])
    expect(card).not.toContain(word);
});

describe('text from the data is inert', () => {
  it.each([
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['[click](javascript:alert(1))', '\\[click\\](javascript\\:alert(1))'],
    ['![x](https://e.org/x.png)', '\\!\\[x\\](https\\://e.org/x.png)'],
    ['www.e.org', 'www\\.e.org'],
    ['mailto:a@e.org', 'mailto\\:a\\@e.org'],
    ['a | b', 'a \\| b'],
    ['x\n# heading', 'x \\# heading'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['\u202eevil', ' evil'],
  ])('%s', (attack, shown) => {
    expect(escapeMarkdown(attack)).toBe(shown);
  });

  it('whatever the column, the card keeps its lines and has no raw HTML', () => {
    const lines = renderModelCard(FACTS).split('\n').length;
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'<>&[]()!|`*_#\n\r\t\\~:@ab/.\u2028\u0000') }),
        (name) => {
          const card = renderModelCard({
            ...FACTS,
            inputs: [{ name, type: 'number', nullable: true }],
            target: name,
          });
          expect(card.split('\n')).toHaveLength(lines);
          expect(card).not.toMatch(/[<>]/);
        },
      ),
    );
  });
});
