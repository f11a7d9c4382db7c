import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from './escape-markdown.ts';
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
  importance: { age: 1 },
  verdict: decideGates({ report }),
};

it('tells what is known: data, training, inputs, quality with interval, calibration, gates and limits', () => {
  const card = renderModelCard(FACTS);
  for (const heading of [
    '## Data',
    '## Training',
    '## Inputs',
    '## Quality on holdout',
    '### Calibration',
    '## Gates',
    '## Limits',
  ]) {
    expect(card).toContain(heading);
  }
  expect(card).toContain('| age | number | yes | 100.0 % |');
  expect(card).toMatch(/\*\*roc-auc 0\.\d+ \(95 % interval /);
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
