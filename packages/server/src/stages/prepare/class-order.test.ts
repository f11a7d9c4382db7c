import { expect, test } from 'vitest';
import { type Cell, columnOf } from '../../testing/tables.ts';
import { orderClasses } from './index.ts';

const classes = (values: Cell[], task: 'binary' | 'multiclass' = 'binary') =>
  orderClasses(columnOf('y', values), Int32Array.from(values.keys()), task);

test.each<[string, Cell[], string[]]>([
  ['yes is what is looked for, though frequent', ['Yes', 'Yes', 'No'], ['No', 'Yes']],
  ['what stands beside good', ['weak', 'weak', 'good'], ['good', 'weak']],
  ['true', [true, true, false], ['false', 'true']],
  ['the larger number', [1, 1, 2], ['1', '2']],
  ['one, though frequent', [1, 1, 0], ['0', '1']],
  ['a number keeps its text', [1, 0, 0.5, 0.5].slice(1), ['0', '0.5']],
  ['the rarer word', ['e', 'e', 'p'], ['e', 'p']],
  ['the rarer word, though earlier', ['M', 'B', 'M'], ['M', 'B']],
  ['the later word of equally many', ['b', 'a'], ['a', 'b']],
])('of two classes the positive one is %s', (_, values, expected) => {
  expect(classes(values)).toEqual(expected);
});

test('several classes are in order of their numbers, or of their words', () => {
  expect(classes([10, 9, 2], 'multiclass')).toEqual(['2', '9', '10']);
  expect(classes(['10', '9', '2'], 'multiclass')).toEqual(['2', '9', '10']);
  expect(classes(['b', 'c', 'a'], 'multiclass')).toEqual(['a', 'b', 'c']);
});
