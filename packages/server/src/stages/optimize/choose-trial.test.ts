import { describe, expect, it } from 'vitest';
import { allowanceOf, chooseTrial, isAllowed } from './choose-trial.ts';
import type { Trial } from './model.ts';

function trial(technique: string, bytes: number, time: number, quality: number): Trial {
  return {
    technique,
    outcome: 'fits',
    says: '',
    bytes,
    memoryBytes: 1,
    oneRowMicroseconds: time,
    thousandRowsMicroseconds: null,
    quality,
  };
}

const BEFORE: Trial = { ...trial('as it is', 1000, 100, 0.9), outcome: 'before' };
const ACCURACY = { name: 'accuracy', higherIsBetter: true };
const limit = allowanceOf(ACCURACY, 0.9, 0.01);

const chosenOf = (trials: Trial[], prefer: 'balanced' | 'size' | 'speed' = 'balanced') => {
  const { table, chosen } = chooseTrial([BEFORE, ...trials], limit, prefer);
  return [table[chosen]!.technique, table.map(({ outcome }) => outcome)];
};

describe('of what was tried', () => {
  it('the cheapest within the limit is chosen, and the others say why they are not', () => {
    const lighter = [
      trial('good', 500, 90, 0.895),
      trial('best', 300, 80, 0.892),
      trial('worse', 100, 10, 0.88),
      trial('as large', 1000, 100, 0.9),
      trial('no number', 10, 10, Number.NaN),
    ];
    expect(chosenOf(lighter)).toEqual([
      'best',
      ['before', 'fits', 'chosen', 'loses', 'gains-nothing', 'loses'],
    ]);
  });

  it('nothing is chosen when nothing wins', () => {
    expect(chosenOf([trial('slower', 700, 120, 0.9), trial('a hair', 999, 100, 0.9)])[0]).toBe('as it is');
  });

  it('what counts more decides', () => {
    const lighter = [
      trial('small', 200, 130, 0.9),
      trial('fast', 1050, 40, 0.9),
      trial('both', 500, 70, 0.9),
    ];
    expect(chosenOf(lighter, 'size')[0]).toBe('small');
    expect(chosenOf(lighter, 'speed')[0]).toBe('fast');
    expect(chosenOf(lighter)[0]).toBe('both');
  });
});

describe('a limit', () => {
  it('is a share of the quality before, in the direction that is worse', () => {
    expect(limit.worst).toBeCloseTo(0.891, 10);
    const error = allowanceOf({ name: 'rmse', higherIsBetter: false }, 2, 0.01);
    expect(error.worst).toBeCloseTo(2.02, 10);
    expect([isAllowed(error, 2.019), isAllowed(error, 2.03), isAllowed(error, Number.NaN)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('of nothing still takes what is as good as before', () => {
    expect(isAllowed(allowanceOf(ACCURACY, 0.9, 0), 0.9)).toBe(true);
    expect(isAllowed(allowanceOf(ACCURACY, 0.9, 0), 0.8999)).toBe(false);
  });
});
