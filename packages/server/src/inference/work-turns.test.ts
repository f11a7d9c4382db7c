import { describe, expect, it } from 'vitest';
import { workTurns } from './work-turns.ts';

function busy(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function loopTurn(): Promise<void> {
  return new Promise(setImmediate);
}

describe('the one thread that answers', () => {
  it('answers at once while it keeps up', () => {
    const turns = workTurns(1000);
    const done: number[] = [];
    turns.run(() => done.push(1));
    turns.run(() => done.push(2));
    expect(done).toEqual([1, 2]);
    expect(turns.state().waiting).toBe(0);
  });

  it('lets others in after some milliseconds, and answers in the order in which they came', async () => {
    const turns = workTurns(1000);
    const done: string[] = [];
    for (const name of ['a', 'b', 'c', 'd'])
      turns.run(() => {
        busy(9);
        done.push(name);
      });
    expect(done).toEqual(['a']);
    setImmediate(() => done.push('looked'));
    while (done.length < 5) await loopTurn();
    expect(done.filter((name) => name !== 'looked')).toEqual(['a', 'b', 'c', 'd']);
    expect(done.indexOf('looked')).toBeLessThan(4);
  });

  it('refuses those that would wait too long, at once, and none once the line is gone', async () => {
    const turns = workTurns(40);
    let done = 0;
    const ask = () =>
      turns.run(() => {
        busy(9);
        done++;
      });
    for (let i = 0; i < 70; i++) ask();
    while (turns.state().waitMs === 0) await loopTurn();
    expect(() => {
      for (let i = 0; i < 100; i++) ask();
    }).toThrow(expect.objectContaining({ code: 'predict.overloaded' }));
    expect(turns.state()).toMatchObject({ refused: 1 });
    expect(turns.state().waiting).toBeLessThan(70);
    while (turns.state().waiting > 0) await loopTurn();
    while (turns.state().waitMs > 0) await loopTurn();
    await loopTurn();
    await loopTurn();
    const before = done;
    ask();
    expect(done).toBe(before + 1);
  });

  it('goes on with what it has begun before it begins the next', async () => {
    const turns = workTurns(1000);
    const done: string[] = [];
    async function inParts(name: string): Promise<void> {
      for (let part = 0; part < 3; part++) {
        if (part > 0) await turns.again();
        busy(9);
        done.push(`${name}${part}`);
      }
    }
    const running: Promise<void>[] = [];
    for (const name of ['a', 'b']) turns.run(() => void running.push(inParts(name)));
    while (running.length < 2) await loopTurn();
    await Promise.all(running);
    expect(done).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
  });
});
