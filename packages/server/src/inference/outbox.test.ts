import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { outbox } from './outbox.ts';
import { workTurns } from './work-turns.ts';

// The clock alone is ours: whatever else the machine does, nothing takes longer than it says.
beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function loopTurn(): Promise<void> {
  return new Promise(setImmediate);
}

/** No answer of these tests throws unless it is said. */
function fault(error: unknown): void {
  throw error;
}

function boxed() {
  const box = outbox(fault);
  const sent: string[] = [];
  const add = (name: string, readAt = performance.now()) => box.add(() => sent.push(name), readAt);
  return { add, sent };
}

it('holds answers until the end of the turn, and sends them in their order', async () => {
  const { add, sent } = boxed();
  for (const name of ['a', 'b', 'c']) add(name);
  expect(sent).toEqual([]);
  await loopTurn();
  expect(sent).toEqual(['a', 'b', 'c']);
  add('d');
  await loopTurn();
  expect(sent).toEqual(['a', 'b', 'c', 'd']);
});

it('sends at once what took long, and those that waited for it', () => {
  const { add, sent } = boxed();
  add('short');
  add('long', performance.now() - 1);
  expect(sent).toEqual(['short', 'long']);
});

it('keeps no answer waiting while many short ones are made', () => {
  const { add, sent } = boxed();
  add('first');
  vi.advanceTimersByTime(1);
  add('second');
  expect(sent).toEqual(['first', 'second']);
});

it('sends many without waiting for more', () => {
  const { add, sent } = boxed();
  for (let i = 0; i < 40; i++) add(`${i}`);
  expect(sent).toHaveLength(32);
});

it('takes what is added while others leave', async () => {
  const box = outbox(fault);
  const sent: string[] = [];
  const now = performance.now();
  box.add(() => {
    sent.push('outer');
    box.add(() => sent.push('inner'), now);
  }, now);
  await loopTurn();
  expect(sent).toEqual(['outer']);
  await loopTurn();
  expect(sent).toEqual(['outer', 'inner']);
});

it('sends what waits before a part of a long request keeps the thread', async () => {
  const box = outbox(fault);
  const turns = workTurns(1000, fault, () => box.leave());
  const happened: string[] = [];
  async function long(): Promise<void> {
    for (let part = 0; part < 3; part++) {
      if (part > 0) await turns.again();
      vi.advanceTimersByTime(7);
      happened.push(`part ${part}`);
    }
  }
  let running: Promise<void> | undefined;
  turns.run(() => {
    running = long();
  });
  turns.run(() => box.add(() => happened.push('short'), performance.now()));
  await running;
  expect(happened).toEqual(['part 0', 'short', 'part 1', 'part 2']);
});

it('sends the others when one cannot be sent, and reports that', async () => {
  const errors: unknown[] = [];
  const box = outbox((error) => errors.push(error));
  const sent: string[] = [];
  const broken = () => {
    throw new Error('no');
  };
  for (const send of [() => sent.push('a'), broken, () => sent.push('b')]) box.add(send, performance.now());
  await loopTurn();
  expect(sent).toEqual(['a', 'b']);
  expect(errors).toEqual([new Error('no')]);
});
