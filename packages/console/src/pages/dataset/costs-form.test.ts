import { describe, expect, it } from 'vitest';
import { cellKey, classesIn, costsOf, NO_COSTS, writtenClasses } from './costs-form.ts';

describe('the form of costs', () => {
  it('says nothing until a cell is filled in', () => {
    expect(costsOf(NO_COSTS, ['a', 'b'])).toBeUndefined();
    expect(costsOf({ ...NO_COSTS, other: '3' }, ['a', 'b'])).toBeUndefined();
  });

  it('names the pairs that are filled in, true class before the answered one, of the classes of the target alone', () => {
    const cells = new Map([
      [cellKey('a', 'b'), ' 5 '],
      [cellKey('b', 'b'), '0.5'],
      [cellKey('a', 'c'), ''],
      [cellKey('gone', 'a'), '9'],
    ]);
    const pairs = [
      { truth: 'a', predicted: 'b', cost: 5 },
      { truth: 'b', predicted: 'b', cost: 0.5 },
    ];
    expect(costsOf({ cells, other: '' }, ['a', 'b', 'c'])).toEqual({ pairs, other: 1 });
    expect(costsOf({ cells, other: '2' }, ['a', 'b', 'c'])).toEqual({ pairs, other: 2 });
  });
});

it('classes are those of the profile where it lists all values, else those that somebody writes', () => {
  const top = [
    { value: 'b', count: 9 },
    { value: 'a', count: 1 },
  ];
  expect(classesIn({ top, distinct: 2 })).toEqual(['a', 'b']);
  expect(classesIn({ top, distinct: 40 })).toBeUndefined();
  expect(classesIn({ distinct: 2 })).toBeUndefined();
  expect(writtenClasses('1, 2,2, ')).toEqual(['1', '2']);
  expect(writtenClasses('yes, maybe\nno\n')).toEqual(['yes, maybe', 'no']);
});
