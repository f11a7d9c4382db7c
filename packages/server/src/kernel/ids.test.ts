import { describe, expect, it } from 'vitest';
import { isId, newId } from './ids.ts';

describe('newId', () => {
  it('sorts by creation, within one millisecond too', () => {
    const made = [...Array(2000)].map((_, i) => newId('rep', 1_750_000_000_000 + Math.floor(i / 1000)));
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('makes ids that are recognised by their prefix', () => {
    const id = newId('job');
    expect(isId('job', id)).toBe(true);
    expect(isId('rep', id)).toBe(false);
    expect(id).toHaveLength('job_'.length + 26);
  });

  it('is not guessed from another id of the same millisecond', () => {
    const [first, second] = [newId('job', 0), newId('job', 0)];
    expect(first.slice(-13)).not.toBe(second.slice(-13));
  });
});
