import { describe, expect, test } from 'vitest';
import { nextSortOrder, readSortOrder, sortRows } from './sort-rows.ts';

describe('sorting a table', () => {
  test('rows without a value come last in either direction', () => {
    const rows = [{ v: 2 }, { v: null }, { v: 10 }, { v: Number.NaN }, { v: 1 }];
    const values = (descending: boolean) => sortRows(rows, (row) => row.v, descending).map((row) => row.v);
    expect(values(false)).toEqual([1, 2, 10, null, Number.NaN]);
    expect(values(true)).toEqual([10, 2, 1, null, Number.NaN]);
  });

  test('equal rows keep their order and text with numbers sorts by the numbers', () => {
    const rows = [
      { id: 'v10', n: 1 },
      { id: 'v9', n: 1 },
    ];
    expect(sortRows(rows, (row) => row.n, true).map((row) => row.id)).toEqual(['v10', 'v9']);
    expect(sortRows(rows, (row) => row.id, false).map((row) => row.id)).toEqual(['v9', 'v10']);
  });

  test('a column head goes from descending over ascending to none', () => {
    const first = nextSortOrder(null, 'value');
    expect(first).toBe('-value');
    const second = nextSortOrder(readSortOrder(first), 'value');
    expect(second).toBe('value');
    expect(nextSortOrder(readSortOrder(second), 'value')).toBeUndefined();
    expect(nextSortOrder(readSortOrder(second), 'seconds')).toBe('-seconds');
  });

  test('an address without an order is no order', () => {
    expect(readSortOrder(undefined)).toBeNull();
    expect(readSortOrder('')).toBeNull();
    expect(readSortOrder('-')).toBeNull();
  });
});
