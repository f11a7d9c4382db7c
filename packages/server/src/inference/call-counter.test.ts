import { type FailureCode, fail } from '@slipway/contract';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallCount } from '../stages/serve/index.ts';
import type { Call } from './call.ts';
import { callCounter } from './call-counter.ts';

const NOW = Date.UTC(2026, 4, 1);
const clock = { now: () => NOW, monotonic: () => 0 };
const ROUTE = {
  modelVersion: 2,
  deployment: 'aa',
  manifest: { inputs: [{ name: 'tenure' }, ...Array.from({ length: 100 }, (_, i) => ({ name: `c${i}` }))] },
} as unknown as Call['route'];

let kept: Map<string, CallCount[]>;
let closed: number;
beforeEach(() => {
  kept = new Map();
  closed = 0;
});

function counter() {
  const append = (endpoint: string, counts: readonly CallCount[]) =>
    void kept.set(endpoint, [...(kept.get(endpoint) ?? []), ...counts]);
  const close = async () => void closed++;
  return callCounter({ append, close }, clock);
}

function call(part: Partial<Call> = {}): Call {
  const endpoint = { name: 'churn' } as Call['endpoint'];
  const caller = { isProbe: false } as Call['caller'];
  return { endpoint, caller, isPrediction: true, route: ROUTE, failure: undefined, ...part } as Call;
}

const missing = (column: string) => ({ failure: fail('predict.missing-column', { column }) });

describe('calls are counted', () => {
  it('by what became of them, and handed over as sums', async () => {
    const calls = counter();
    for (let i = 0; i < 300; i++) calls.count(call(), 200);
    for (let i = 0; i < 212; i++) calls.count(call(missing('tenure')), 422);
    calls.count(call({ route: undefined, failure: fail('request.too-large', { limitBytes: 1 }) }), 413);
    await calls.close();
    const ts = new Date(NOW).toISOString();
    expect(kept.get('churn')).toEqual([
      { ts, version: 2, deployment: 'aa', count: 300 },
      {
        ts,
        version: 2,
        deployment: 'aa',
        count: 212,
        refused: { code: 'predict.missing-column', column: 'tenure' },
      },
      { ts, version: null, count: 1, refused: { code: 'request.too-large', column: null } },
    ]);
    expect(closed).toBe(1);
  });

  it('a moment later, without being closed', async () => {
    const calls = counter();
    calls.count(call(missing('tenure')), 422);
    await expect.poll(() => kept.get('churn')).toMatchObject([{ count: 1 }]);
    await calls.close();
    expect(kept.get('churn')).toHaveLength(1);
  });

  it.each<[string, Partial<Call>, number]>([
    ['without a valid token', { caller: undefined, failure: fail('access.unauthenticated') }, 401],
    ['of no endpoint', { endpoint: undefined, failure: fail('endpoint.missing', { name: 'x' }) }, 404],
    ['too many at once', { failure: fail('predict.rate-limited') }, 429],
    ['that failed on our side', { failure: fail('internal') }, 500],
    ['that ask for no prediction', { isPrediction: false }, 200],
    ['of the platform itself', { caller: { isProbe: true } as Call['caller'], ...missing('tenure') }, 422],
  ])('but not those %s', async (_, part, status) => {
    const calls = counter();
    calls.count(call(part), status);
    await calls.close();
    expect(kept.size).toBe(0);
  });
});

describe('no word of a caller is kept', () => {
  it.each<[FailureCode, Record<string, string>, string | null]>([
    ['predict.unknown-column', { column: 'anna@example.com' }, null],
    ['predict.column-spelling', { found: 'Tenure of Anna', nearest: 'tenure' }, 'tenure'],
    ['predict.wrong-type', { column: 'tenure', expected: 'number', found: 'string' }, 'tenure'],
    ['request.invalid', { reason: 'Anna is no row' }, null],
  ])('of %s', async (code, details, column) => {
    const calls = counter();
    calls.count(call({ failure: fail(code, details) }), 422);
    await calls.close();
    expect(kept.get('churn')).toMatchObject([{ refused: { code, column } }]);
    expect(JSON.stringify([...kept])).not.toMatch(/anna/i);
  });

  it('and the number of different counts is bounded', async () => {
    const calls = counter();
    for (let i = 0; i < 100; i++) calls.count(call(missing(`c${i}`)), 422);
    await calls.close();
    const counts = kept.get('churn')!;
    expect(counts).toHaveLength(65);
    expect(counts.at(-1)).toMatchObject({ count: 36, refused: { code: 'other', column: null } });
  });
});
