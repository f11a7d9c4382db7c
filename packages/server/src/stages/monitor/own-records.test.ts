import { describe, expect, it } from 'vitest';
import type { CallCount, PredictionRecord } from '../serve/index.ts';
import { hasTrafficSince, isOwnRecord } from './own-records.ts';

const OWN = { name: 'churn', version: 2, deployment: 'bbbb' };
const at = (ms: number) => new Date(ms).toISOString();

describe('a record belongs to a model by model, version and deployment', () => {
  it.each([
    ['all three agree', { model: 'churn', version: 2, deployment: 'bbbb' }, true],
    ['it is older than deployments', { model: 'churn', version: 2 }, true],
    ['another deployment had the number', { model: 'churn', version: 2, deployment: 'aaaa' }, false],
    ['another version answered', { model: 'churn', version: 1, deployment: 'bbbb' }, false],
    ['another model answered', { model: 'other', version: 2 }, false],
  ])('%s', (_, record, isOwn) => {
    expect(isOwnRecord(record, OWN)).toBe(isOwn);
  });
});

describe('whether there is anything new for a monitoring run', () => {
  const since = (records: Partial<PredictionRecord>[], calls: Partial<CallCount>[] = []) =>
    hasTrafficSince('churn', OWN, 100, {
      log: {
        async *read(_, { from = 0 }) {
          yield records.filter(({ ts }) => Date.parse(ts!) >= from) as PredictionRecord[];
        },
      },
      calls: {
        async *calls(_, { from = 0 }) {
          yield* calls.filter(({ ts }) => Date.parse(ts!) >= from) as CallCount[];
        },
      },
    });
  const refused = { code: 'predict.missing-column', column: 'tenure' };

  it('goes by what this version answered or refused since the report before', async () => {
    expect(await since([])).toBe(false);
    expect(await since([{ ts: at(99), model: 'churn', version: 2 }])).toBe(false);
    expect(await since([{ ts: at(101), model: 'churn', version: 1 }])).toBe(false);
    expect(await since([{ ts: at(101), model: 'churn', version: 2 }])).toBe(true);
    expect(await since([], [{ ts: at(101), version: 2, count: 1 }])).toBe(false);
    expect(await since([], [{ ts: at(101), version: 1, count: 1, refused }])).toBe(false);
    expect(await since([], [{ ts: at(101), version: 2, count: 1, refused }])).toBe(true);
  });
});
