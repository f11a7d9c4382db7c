import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WorkTurns, workTurns } from './work-turns.ts';

// The clock alone is ours: whatever else the machine does, work takes as long as it says.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** No work of these tests throws unless it is said. */
function fault(error: unknown): void {
  throw error;
}

function busy(ms: number): void {
  vi.advanceTimersByTime(ms);
}

function loopTurn(): Promise<void> {
  return new Promise(setImmediate);
}

describe('the one thread that answers', () => {
  it('answers at once while it keeps up', () => {
    const turns = workTurns(1000, fault);
    const done: number[] = [];
    turns.run(() => done.push(1));
    turns.run(() => done.push(2));
    expect(done).toEqual([1, 2]);
    expect(turns.state().waiting).toBe(0);
  });

  it('lets others in after some milliseconds, and answers in the order in which they came', async () => {
    const turns = workTurns(1000, fault);
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
    const turns = workTurns(40, fault);
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

  /** A request of so many parts, each longer than a turn. */
  async function inParts(turns: WorkTurns, parts: number, done: (part: number) => void): Promise<void> {
    for (let part = 0; part < parts; part++) {
      if (part > 0) await turns.again();
      busy(9);
      done(part);
    }
  }

  it('lets others in between the parts of a long one', async () => {
    const turns = workTurns(1000, fault);
    const done: string[] = [];
    let long: Promise<void> | undefined;
    turns.run(() => {
      long = inParts(turns, 20, (part) => done.push(`long${part}`));
    });
    await loopTurn();
    for (const name of ['a', 'b']) turns.run(() => done.push(name));
    await long;
    expect(done.indexOf('b')).toBeLessThan(done.indexOf('long10'));
    expect(done.indexOf('a')).toBeLessThan(done.indexOf('b'));
  });

  it('does not begin ever more long ones', async () => {
    const turns = workTurns(60_000, fault);
    const running: Promise<void>[] = [];
    let underWay = 0;
    let most = 0;
    for (let i = 0; i < 20; i++)
      turns.run(() => {
        most = Math.max(most, ++underWay);
        running.push(inParts(turns, 12, () => {}).then(() => void underWay--));
      });
    while (running.length < 20) await loopTurn();
    await Promise.all(running);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(9);
  });

  it('goes on with what it has begun before it begins the next', async () => {
    const turns = workTurns(1000, fault);
    const done: string[] = [];
    const running: Promise<void>[] = [];
    for (const name of ['a', 'b'])
      turns.run(() => void running.push(inParts(turns, 3, (part) => done.push(`${name}${part}`))));
    while (running.length < 2) await loopTurn();
    await Promise.all(running);
    expect(done).toEqual(['a0', 'a1', 'a2', 'b0', 'b1', 'b2']);
  });

  it('reports what the work of a request throws, and does the work of those behind it in the same turn', async () => {
    const errors: unknown[] = [];
    let begun = 0;
    const turns = workTurns(
      1000,
      (error) => errors.push(error),
      () => {
        if (++begun === 1) throw new Error('begins');
      },
    );
    const done: string[] = [];
    const broken = () => {
      throw new Error('work');
    };
    turns.run(broken);
    turns.run(() => busy(9));
    for (const work of [() => done.push('a'), broken, () => done.push('b')]) turns.run(work);
    expect(turns.state().waiting).toBe(3);
    await loopTurn();
    expect(done).toEqual(['a', 'b']);
    expect(errors.map((error) => (error as Error).message)).toEqual(['work', 'begins', 'work']);
    await loopTurn();
    turns.run(() => done.push('c'));
    expect(done).toEqual(['a', 'b', 'c']);
  });

  it('gives endpoints turns about: one that has a line keeps nobody else waiting', async () => {
    const turns = workTurns(1000, fault);
    const done: string[] = [];
    const ask = (name: string, ms: number) =>
      turns.run(() => {
        busy(ms);
        done.push(name);
      }, name);
    for (let i = 0; i < 20; i++) ask('heavy', 9);
    for (let i = 0; i < 3; i++) ask('light', 1);
    while (turns.state().waiting > 0) await loopTurn();
    // The first was done at once, and each of the light ones costs a ninth of a heavy one.
    expect(done.slice(0, 6).filter((name) => name === 'light')).toHaveLength(3);
  });

  it('refuses those of an endpoint for its own line alone', async () => {
    const turns = workTurns(40, fault);
    const ask = (name: string) => turns.run(() => busy(9), name);
    for (let i = 0; i < 70; i++) ask('heavy');
    while (turns.state().waitMs === 0) await loopTurn();
    expect(() => {
      for (let i = 0; i < 100; i++) ask('heavy');
    }).toThrow(expect.objectContaining({ code: 'predict.overloaded' }));
    ask('light');
    expect(turns.state().refused).toBe(1);
    while (turns.state().waiting > 0) await loopTurn();
  });

  it('gives the parts of one endpoint no more of the thread than the line of another', async () => {
    const turns = workTurns(1000, fault);
    let parts = 0;
    let isOver = false;
    const large = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        await turns.again('heavy');
        busy(9);
        parts++;
      }
    });
    await loopTurn();
    for (let i = 0; i < 10; i++) turns.run(() => busy(9), 'light');
    const before = parts;
    while (turns.state().waiting > 0) await loopTurn();
    expect(parts - before).toBeLessThanOrEqual(12);
    isOver = true;
    await Promise.all(large);
  });
});
