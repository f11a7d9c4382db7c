import { describe, expect, it } from 'vitest';
import type { TrainingData } from '../../model.ts';
import { portfolioOf } from './portfolio.ts';

/** What a portfolio looks at: how many rows there are, and of how many categories each feature is. */
function dataOf(rows: number, ...levels: number[]): TrainingData {
  const features = { rows, columns: [], levels: Int32Array.from(levels) };
  return { task: 'binary', classes: 2, features, target: new Float64Array(0) };
}

describe('the portfolio', () => {
  it('of few rows is the same whatever the features are', () => {
    expect(portfolioOf(dataOf(4999, 0, 700))).toEqual(portfolioOf(dataOf(4999, 0)));
  });

  it('of many rows has larger trees before the linear model', () => {
    const [few, many] = [portfolioOf(dataOf(4999, 0)), portfolioOf(dataOf(5000, 0))];
    const added = many.filter((one) => !few.includes(one));
    expect(added.map(({ params }) => params.leaves)).toEqual([64]);
    expect(many.indexOf(added[0]!)).toBe(many.findIndex(({ learner }) => learner === 'linear') - 1);
    expect(many.filter((one) => one !== added[0])).toEqual(few);
  });

  it('has trees that restrain categories second, where a feature is of 40 and more', () => {
    const [without, restrained] = [portfolioOf(dataOf(5000, 39)), portfolioOf(dataOf(5000, 0, 40))];
    expect(restrained[1]!.params.categoryL2).toBeGreaterThan(100);
    expect(restrained.filter((_, place) => place !== 1)).toEqual(without);
  });

  it('leaves the network out of a great many rows', () => {
    expect(portfolioOf(dataOf(200_001)).map(({ learner }) => learner)).not.toContain('network');
  });
});
