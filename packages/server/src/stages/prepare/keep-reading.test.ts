import { isFailure } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { type Cell, schemaOf, tableOf } from '../../testing/tables.ts';
import { lostClasses, resolveTarget, type TargetReading } from './index.ts';

const repeated = (values: readonly Cell[], times: number): Cell[] =>
  Array.from({ length: times }, () => values).flat();

function kept(values: Cell[], reading: Pick<TargetReading, 'task' | 'classes'>) {
  const table = tableOf({ y: values, x: values.map((_, i) => i) });
  return resolveTarget(table, schemaOf(table), 'y', { dataset: 'd', kept: { version: 3, ...reading } });
}

function refusal(values: Cell[], reading: Pick<TargetReading, 'task' | 'classes'>): string {
  try {
    kept(values, reading);
  } catch (error) {
    if (isFailure(error, 'target.changed')) return error.message;
    throw error;
  }
  return 'accepted';
}

const GRADES = ['1', '2', '3', '4', '5', '6'];

describe('a target that a retraining reads as the champion did', () => {
  it('stays a number though its values look like classes, and says so', () => {
    const found = kept(repeated([1, 2, 3, 4, 5, 6], 20), { task: 'regression', classes: [] });
    expect(found).toMatchObject({ task: 'regression', classes: 0 });
    expect(found.other).toBeUndefined();
    expect(found.notes).toEqual([
      'y is predicted as a number, as by version 3. By its values alone it would be multiclass: y has only 6 values, whole numbers close together, so each of them is a class.',
    ]);
  });

  it('stays classes though its values look like numbers, and new ones are named with their rows', () => {
    const rows = [...repeated([1, 2, 3, 4, 5, 6], 20), ...Array.from({ length: 30 }, (_, i) => 40 + 10 * i)];
    const found = kept(rows, { task: 'multiclass', classes: GRADES });
    expect(found.task).toBe('multiclass');
    expect(found.notes[0]).toMatch(
      /^y is predicted as classes, as by version 3\. By its values alone .* regression/,
    );
    expect(found.notes[1]).toMatch(
      /^y has 30 classes that version 3 does not know: 40 \(1 row\), 50 \(1 row\), .* and 18 more\.$/,
    );
  });

  it('says nothing where there is nothing to say', () => {
    expect(
      kept(repeated(['a', 'b', 'c'], 20), { task: 'multiclass', classes: ['a', 'b', 'c'] }).notes,
    ).toEqual([]);
    expect(kept(repeated(['no', 'yes'], 20), { task: 'binary', classes: ['no', 'yes'] }).notes).toEqual([]);
  });

  it('names classes that training rows no longer have', () => {
    const reading = { version: 3, task: 'multiclass' as const, classes: ['a', 'b', 'c', 'd'] };
    expect(lostClasses(reading, { target: 'y', known: ['a', 'b', 'c', 'd', 'e'] })).toBeUndefined();
    expect(lostClasses(reading, { target: 'y', known: ['a', 'c', 'd'] })).toBe(
      'The training rows do not have the class of y that version 3 knows: b. This version never answers it.',
    );
  });

  it.each<[string, Cell[], Pick<TargetReading, 'task' | 'classes'>, RegExp]>([
    [
      'a third class of two',
      [...repeated(['no', 'yes'], 20), 'maybe', 'maybe'],
      { task: 'binary', classes: ['no', 'yes'] },
      /^The target y does not fit version 3, which was trained as binary: it has 1 class that version 3 does not know: maybe \(2 rows\)\.$/,
    ],
    [
      'other two classes',
      repeated(['no', 'ja'], 20),
      { task: 'binary', classes: ['no', 'yes'] },
      /ja \(20 rows\)/,
    ],
    [
      'two classes of several',
      repeated(['a', 'b'], 20),
      { task: 'multiclass', classes: ['a', 'b', 'c'] },
      /which was trained as multiclass: its rows have only two classes: a and b\.$/,
    ],
    [
      'words in place of numbers',
      repeated(['low', 'high', 'mid'], 20),
      { task: 'regression', classes: [] },
      /which was trained as regression: it is no column of numbers any more\.$/,
    ],
    [
      'fractions among classes of whole numbers',
      [...repeated([1, 2, 3], 20), 2.5],
      { task: 'multiclass', classes: ['1', '2', '3'] },
      /its classes are whole numbers, and 1 new value is not: 2\.5 \(1 row\)/,
    ],
  ])('%s is refused', (_, values, reading, message) => {
    expect(refusal(values, reading)).toMatch(message);
  });
});
