import { fail } from '@slipway/contract';
import { expect, it } from 'vitest';
import { MLFLOW_HINTS, V1_HINTS } from './hints.ts';
import { failureText } from './problem.ts';

const at = (path: string) => fail('predict.missing-column', { column: 'c' }, { path });

it.each([
  ['rows[3]', '(row index 3)'],
  ['rows[3].age', '(row index 3, column age)'],
  ['rows[12]["total \\"net\\" charges"]', '(row index 12, column total "net" charges)'],
  ['rows[12].age.year', '(row index 12, column age.year)'],
  ['inputs[0].data', '(inputs[0].data)'],
])('places %s by the index of the row where the protocol has no list of rows', (path, told) => {
  expect(failureText(at(path), MLFLOW_HINTS)).toContain(told);
});

it('calls the list of rows what the protocol calls it', () => {
  expect(failureText(at('rows[3].age'), V1_HINTS, 'instances')).toContain('(instances[3].age)');
});

it('names the row in the message of a result that is not finite', () => {
  const failure = fail(
    'predict.not-finite',
    { row: 'rows[3]', cause: 'age = 1e+50', columns: ['age'] },
    { path: 'rows[3].age' },
  );
  const text = failureText(failure, MLFLOW_HINTS);
  expect(text).toContain(
    'The prediction for row index 3 is not a finite number; the cause is age = 1e+50. (row index 3, column age)',
  );
});
