import { isFailure } from '@slipway/contract';
import { expect, test } from 'vitest';
import { type Cell, schemaOf, tableOf } from '../../testing/tables.ts';
import { resolveTarget, type Task } from './index.ts';

const repeated = (values: readonly Cell[], times: number): Cell[] =>
  Array.from({ length: times }, () => values).flat();
/** `sizes[v]` rows of the number v. */
const sized = (sizes: number[]): Cell[] => sizes.flatMap((size, v) => Array.from({ length: size }, () => v));

function resolve(values: Cell[], task?: Task, name = 'y') {
  const table = tableOf({ y: values, x: values.map((_, i) => i) });
  return resolveTarget(table, schemaOf(table), name, { dataset: 'd', ...(task && { task }) });
}

test.each<[string, Cell[], Task]>([
  ['two words', repeated(['Yes', 'No'], 20), 'binary'],
  ['booleans', repeated([true, false, null], 20), 'binary'],
  ['0 and 1', repeated([0, 1], 20), 'binary'],
  ['two fractions', repeated([0.5, 1.5], 20), 'binary'],
  ['three words', repeated(['a', 'b', 'c'], 20), 'multiclass'],
  ['codes 1 to 7 with a gap', repeated([1, 2, 3, 4, 5, 7], 20), 'multiclass'],
  ['codes from 0, evenly', repeated([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 20), 'multiclass'],
  ['grades', sized([0, 0, 0, 10, 53, 681, 638, 199, 18]), 'multiclass'],
  ['counts', sized([6000, 900, 120, 20, 2]), 'regression'],
  ['ages', Array.from({ length: 200 }, (_, i) => 1 + (i % 28)), 'regression'],
  ['whole numbers far apart', repeated([10, 250, 4000], 20), 'regression'],
  ['few rows of many codes', Array.from({ length: 24 }, (_, i) => i % 12), 'regression'],
  ['measurements', Array.from({ length: 50 }, (_, i) => i / 7), 'regression'],
])('%s', (_, values, task) => {
  const inferred = resolve(values);
  expect(inferred.task).toBe(task);
  expect(inferred.reason).toContain('y');
});

test.each([
  {
    values: repeated([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], 10),
    task: 'multiclass',
    other: 'regression',
  },
  { values: sized([6000, 900, 120, 20, 2]), task: 'regression', other: 'multiclass' },
] as const)('whole numbers read as $task are told with how to ask for $other', ({ values, task, other }) => {
  const inferred = resolve(values);
  expect(inferred).toMatchObject({ task, other });
  expect(inferred.reason).toContain(`ask for the task ${other} (--task ${other})`);
  const asked = resolve(values, other);
  expect(asked).toMatchObject({ task: other, reason: 'It was asked for.' });
  expect(asked.other).toBeUndefined();
});

test.each<[string, Cell[], Task | undefined, string]>([
  ['missing in every row', repeated([null], 30), undefined, 'target.all-null'],
  ['filled in too few rows', [...repeated([null], 30), 'a', 'b'], undefined, 'target.too-few-rows'],
  ['constant', [...repeated(['a'], 30), null], undefined, 'target.constant'],
  [
    'of a thousand and one words',
    Array.from({ length: 2002 }, (_, i) => `w${i % 1001}`),
    undefined,
    'target.too-many-classes',
  ],
  ['dates', Array.from({ length: 30 }, (_, i) => new Date(i)), undefined, 'target.not-numeric'],
  ['words to regress', repeated(['a', 'b'], 20), 'regression', 'target.not-numeric'],
  ['three words as two classes', repeated(['a', 'b', 'c'], 20), 'binary', 'target.not-binary'],
  [
    'a million numbers as classes',
    Array.from({ length: 5000 }, (_, i) => i),
    'multiclass',
    'target.too-many-classes',
  ],
])('a target %s is refused', (_, values, task, code) => {
  let thrown: unknown;
  try {
    resolve(values, task);
  } catch (error) {
    thrown = error;
  }
  expect(isFailure(thrown) && thrown.code).toBe(code);
});

test('a target that is not there names the columns there are', () => {
  expect(() => resolve([1, 2], undefined, 'z')).toThrow('There is no column z in d.');
});

test('a target is found by its name in other letters', () => {
  expect(resolve(repeated([0, 1], 20), undefined, 'Y').target).toBe('y');
});

test('an asked task is taken where it is possible', () => {
  expect(resolve(repeated([1, 2, 3], 20), 'regression').task).toBe('regression');
  expect(
    resolve(
      Array.from({ length: 60 }, (_, i) => 100 * (i % 3)),
      'multiclass',
    ),
  ).toMatchObject({ task: 'multiclass', classes: 3 });
});
