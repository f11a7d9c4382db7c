import { describe, expect, it } from 'vitest';
import { nearestName } from './nearest-name.ts';

const NAMES = ['age', 'total charges', 'Größe', 'a+b', '#'];

describe('the nearest name', () => {
  it.each([
    ['Age', 'age'],
    [' age ', 'age'],
    ['\ufeffage', 'age'],
    ['Total_Charges', 'total charges'],
    ['total\u00a0charges', 'total charges'],
    ['Gro\u0308\u00dfe', 'Größe'],
    ['ａｇｅ', 'age'],
  ])('of %j is %j', (name, near) => {
    expect(nearestName(name, NAMES)).toBe(near);
  });

  it.each([['agee'], ['ab'], ['-'], ['age'], ['']])('of %j is none', (name) => {
    expect(nearestName(name, NAMES)).toBeUndefined();
  });
});
