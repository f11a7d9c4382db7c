import { describe, expect, it } from 'vitest';
import { FairLine } from './fair-line.ts';

/** Takes so many, each of which costs what it says, and tells whose they were. */
function served(line: FairLine<{ of: string; costs: number }>, count: number): string {
  return Array.from({ length: count }, () => {
    const next = line.take()!;
    next.charge(next.item.costs);
    return next.item.of;
  }).join('');
}

function lineOf(...each: [of: string, costs: number, count: number][]) {
  const line = new FairLine<{ of: string; costs: number }>();
  for (const [of, costs, count] of each) for (let i = 0; i < count; i++) line.add(of, { of, costs });
  return line;
}

describe('a fair line', () => {
  it('keeps the order of one owner', () => {
    const line = new FairLine<number>();
    for (const item of [1, 2, 3]) line.add('a', item);
    expect([line.take()?.item, line.take()?.item, line.take()?.item, line.take()]).toEqual([
      1,
      2,
      3,
      undefined,
    ]);
  });

  it('gives two owners turns about, however many of one wait', () => {
    expect(served(lineOf(['a', 1, 100], ['b', 1, 2]), 5)).toBe('ababa');
  });

  it('gives whose items cost little more of them', () => {
    expect(served(lineOf(['a', 10, 5], ['b', 2, 10]), 8)).toBe('abbbbbab');
  });

  it('serves one that comes late next, and not for what it missed', () => {
    const line = lineOf(['a', 1, 20]);
    served(line, 10);
    for (let i = 0; i < 5; i++) line.add('b', { of: 'b', costs: 1 });
    expect(served(line, 5)).toMatch(/^(ab|ba)(ab|ba)[ab]$/);
  });

  it('charges an owner that never has two at once', () => {
    const line = lineOf(['b', 1, 4]);
    let order = '';
    for (let i = 0; i < 6; i++) {
      line.add('a', { of: 'a', costs: 1 });
      order += served(line, 1);
      if (line.sizeOf('a') > 0) order += served(line, 1);
    }
    expect([...order].filter((of) => of === 'b')).toHaveLength(4);
  });

  it('lets go of those that are chosen', () => {
    const line = lineOf(['a', 1, 2], ['b', 1, 1]);
    expect(line.remove(({ of }) => of === 'a')).toHaveLength(2);
    expect([line.size, line.sizeOf('a'), served(line, 1), line.take()]).toEqual([1, 0, 'b', undefined]);
  });
});
