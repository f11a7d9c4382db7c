import { expect, it } from 'vitest';
import { keyLimits } from './key-limits.ts';

const limits = { rateLimitPerSecond: 2, rateLimitBurst: 4, maxRequestsPerKey: 3 };

function limited(of: Partial<typeof limits> = {}) {
  let now = 0;
  const keys = keyLimits({ ...limits, ...of }, { now: () => now, monotonic: () => now });
  const codeOf = (keyId: string): string => {
    try {
      keys.take(keyId)();
      return 'taken';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { keys, codeOf, pass: (seconds: number) => (now += seconds * 1000) };
}

it('a key has its burst, then its rate; another key has its own', () => {
  const { codeOf, pass } = limited();
  expect(Array.from({ length: 5 }, () => codeOf('a'))).toEqual([
    ...Array(4).fill('taken'),
    'request.rate-limited',
  ]);
  expect(codeOf('b')).toBe('taken');
  pass(1);
  expect([codeOf('a'), codeOf('a'), codeOf('a')]).toEqual(['taken', 'taken', 'request.rate-limited']);
});

it('a rate of 0 is any', () => {
  const { codeOf } = limited({ rateLimitPerSecond: 0 });
  expect(new Set(Array.from({ length: 100 }, () => codeOf('a')))).toEqual(new Set(['taken']));
});

it('a key has so many requests at once, and each makes room once when it is over', () => {
  const { keys, codeOf } = limited({ rateLimitPerSecond: 0 });
  const [over] = [keys.take('a'), keys.take('a'), keys.take('a')];
  expect([codeOf('a'), codeOf('b')]).toEqual(['request.too-many-at-once', 'taken']);
  over();
  over();
  keys.take('a');
  expect(codeOf('a')).toBe('request.too-many-at-once');
});
