import { describe, expect, it } from 'vitest';
import type { Engine } from '../../stages/serve/index.ts';
import { engineLife } from './engine-life.ts';

/** An engine that answers how often it was read. */
function engineOf(read: number): Engine {
  const prediction = { value: read, score: read };
  return {
    task: 'regression',
    classes: [],
    classType: 'string',
    inputs: [{ name: 'x', type: 'float64', nullable: true } as never],
    columns: { inputs: [], others: [], missingWords: [] },
    answerText: () => String(read),
    predict: (rows) => rows.map(() => prediction),
    explain: () => ({}) as never,
  };
}

function life() {
  let reads = 0;
  return engineLife({
    name: 'churn',
    engine: engineOf(0),
    bytes: 1000,
    reload: async () => engineOf(++reads),
    maxHeld: 10,
    maxHoldMs: 10_000,
  });
}

describe('an engine in memory', () => {
  it('goes when it shall, and still tells its columns', () => {
    const one = life();
    expect(one.awake()).toBeUndefined();
    one.resize(0);
    expect(one.state()).toMatchObject({ workers: 0, bytes: 0, zeroSince: expect.any(Number) });
    expect(one.engine.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(() => one.engine.predict([{}])).toThrow(expect.objectContaining({ code: 'endpoint.not-ready' }));
  });

  it('is read once for all calls that find it gone', async () => {
    const one = life();
    one.resize(0);
    await Promise.all([one.awake(), one.awake(), one.awake()]);
    expect(one.engine.predict([{}])[0]!.value).toBe(1);
    expect(one.state()).toMatchObject({ workers: 1, bytes: 1000, coldStarts: 1, zeroSince: undefined });
  });

  it('stays while a call uses it, and when one came since the last look', () => {
    const one = life();
    one.begin();
    one.resize(0);
    expect(one.state().workers).toBe(1);
    one.end();
    one.resize(0);
    expect(one.state().workers).toBe(1);
    one.seen(performance.now(), 1000);
    one.resize(0);
    expect(one.state().workers).toBe(0);
  });

  it('is idle since the last look that saw a call', () => {
    const one = life();
    const now = Math.ceil(performance.now()) + 1000;
    one.begin();
    one.end();
    expect(one.seen(now, 1000)).toMatchObject({ stable: 1, idleForMs: 0 });
    expect(one.seen(now + 700, 1000)).toMatchObject({ stable: 0, idleForMs: 700, workers: 1 });
  });
});
