import { expect, it } from 'vitest';
import { failedKeys } from './failed-keys.ts';

function guesses(beforeLockout: number) {
  let now = 5_000;
  const keys = failedKeys(beforeLockout, { now: () => now, monotonic: () => now });
  const waitOf = (network: string, bearer = 'a guess'): number => {
    try {
      keys.refuseLocked(network, bearer);
      return 0;
    } catch (error) {
      return (error as { details: { retryAfterSeconds: number } }).details.retryAfterSeconds;
    }
  };
  return { keys, waitOf, pass: (seconds: number) => (now += seconds * 1000) };
}

it('wrong keys make an address wait, twice as long each time, up to fifteen minutes', () => {
  const { keys, waitOf, pass } = guesses(3);
  const waits = Array.from({ length: 14 }, () => {
    keys.failed('192.0.2.1');
    const wait = waitOf('192.0.2.1');
    pass(wait);
    expect(waitOf('192.0.2.1')).toBe(0);
    return wait;
  });
  expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
});

it('neither other addresses wait, nor a key that worked before', () => {
  const { keys, waitOf } = guesses(1);
  keys.worked('the right one');
  keys.failed('192.0.2.1');
  expect(waitOf('192.0.2.1')).toBe(1);
  expect(waitOf('192.0.2.2')).toBe(0);
  expect(waitOf('192.0.2.1', 'the right one')).toBe(0);
  expect(waitOf('192.0.2.1', 'another')).toBe(1);
});

it('after an hour without a wrong key an address begins anew', () => {
  const { keys, waitOf, pass } = guesses(2);
  for (let i = 0; i < 6; i++) keys.failed('192.0.2.1');
  expect(waitOf('192.0.2.1')).toBe(16);
  pass(3600);
  keys.failed('192.0.2.1');
  expect(waitOf('192.0.2.1')).toBe(0);
});

it('of ever new addresses the oldest are forgotten', () => {
  const { keys, waitOf } = guesses(1);
  for (let i = 0; i <= 10_000; i++) keys.failed(`network ${i}`);
  expect([waitOf('network 0'), waitOf('network 1'), waitOf('network 10000')]).toEqual([0, 1, 1]);
});
