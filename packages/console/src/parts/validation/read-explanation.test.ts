import { expect, test } from 'vitest';
import { readExplanation } from './read-explanation.ts';

const WHOLE = {
  importance: { metric: 'rmse', rows: 9, shuffles: 5, columns: [] },
  attribution: { rows: 9, columns: [] },
  dependence: { rows: 9, outputs: ['y'], columns: [{ column: 'a', type: 'number', points: [] }] },
};

test('an explanation is read out of the report it is in', () => {
  expect(readExplanation({ datasets: [], explanation: WHOLE })).toEqual(WHOLE);
});

test.each([
  ['a report without one', {}],
  ['no report', null],
  ['an explanation without columns', { explanation: { ...WHOLE, importance: { rows: 3 } } }],
  ['a dependence without points', { explanation: { ...WHOLE, dependence: { columns: [{}], outputs: [] } } }],
])('%s has nothing to show', (_, report) => {
  expect(readExplanation(report)).toBeUndefined();
});
