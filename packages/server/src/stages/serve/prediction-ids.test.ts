import { describe, expect, it } from 'vitest';
import { predictionIds } from './prediction-ids.ts';

function clockOf(times: number[]) {
  let i = 0;
  return { now: () => times[Math.min(i++, times.length - 1)]!, monotonic: () => 0 };
}

describe('prediction ids', () => {
  it('sort in the order they were made, also when the clock goes back', () => {
    const next = predictionIds('p', 'aaaaaaaa', clockOf([1000, 1000, 1001, 999, 5000, 4000]));
    const ids = Array.from({ length: 40 }, next);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(40);
  });

  it('stay different when a millisecond holds more than its count can tell', () => {
    const next = predictionIds('p', 'aaaaaaaa', clockOf([1000]));
    const count = 32 ** 4 + 10;
    let last = next();
    for (let i = 1; i < count; i++) {
      const id = next();
      if (id <= last) throw new Error(`${id} after ${last}`);
      last = id;
    }
    expect(last).toHaveLength('p_'.length + 10 + 4 + 8);
  });

  it('differ between processes at the same time', () => {
    const [a, b] = ['aaaaaaaa', 'bbbbbbbb'].map((part) => predictionIds('p', part, clockOf([1000]))());
    expect(a).not.toBe(b);
  });
});
