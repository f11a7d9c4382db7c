import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../kernel/index.ts';
import { observationsOf, referenceOf, type ScoredRow } from '../../testing/reference-profile.builder.ts';
import { compareWindow, windowProfiler } from '../monitor/index.ts';
import { brokenData } from './broken-data.ts';
import { promotionDecision } from './promotion-decision.ts';

describe('broken data', () => {
  const random = seededRandom(1);
  const rows = (missing: number, foreign: number, shift = 0): ScoredRow[] =>
    Array.from({ length: 500 }, () => ({
      row: {
        age: random() < missing ? null : random() + shift,
        city:
          random() < foreign
            ? `#REF ${Math.floor(random() * 9)}`
            : ['Oslo', 'Rome'][Math.floor(random() * 2)]!,
      },
      score: random(),
    }));
  const reference = referenceOf(rows(0.05, 0));
  const judge = (window: ScoredRow[]) => {
    const profiler = windowProfiler(reference);
    for (const observation of observationsOf(window)) profiler.add(observation);
    const { columns, ...drift } = compareWindow(reference, profiler.profile());
    return brokenData({ columns, drift });
  };

  it('is a column that half went missing', () => {
    expect(judge(rows(0.7, 0)).says).toMatch(/^age is missing in \d\d % of the rows\.$/);
  });

  it('is a column of which half was never seen', () => {
    expect(judge(rows(0.05, 0.8)).says).toMatch(/^\d\d % of the values of city were never seen before\.$/);
  });

  it('is not a changed world', () => {
    expect(judge(rows(0.1, 0.1, 1)).fired).toBe(false);
  });
});

describe('promotion', () => {
  const gate = (id: string, passed: boolean, says: string) => ({
    id,
    passed,
    observed: 0,
    threshold: 0,
    says,
  });

  it('follows when every gate holds', () => {
    const results = [gate('champion', true, 'Not worse than the champion.')];
    expect(promotionDecision({ passed: true, says: 'All 1 gates hold.', results })).toEqual({
      promote: true,
      says: 'Promoted. Not worse than the champion.',
    });
  });

  it('is refused with the reasons of the closed gates', () => {
    const results = [gate('champion', false, 'Worse.')];
    expect(promotionDecision({ passed: false, says: 'Worse.', results })).toEqual({
      promote: false,
      says: 'Not promoted. Worse.',
    });
  });
});
