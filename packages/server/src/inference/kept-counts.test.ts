import { describe, expect, it } from 'vitest';
import { countAnswer, countPredictions, countsOf, endpointMetrics } from './endpoint-metrics.ts';
import { decodeCounts, encodeCounts, keepCounts } from './kept-counts.ts';
import { liveEndpoint } from './live-endpoint.ts';

const NEVER = 2 ** 30;

function memoryStore(text?: string) {
  const kept = { text, writes: 0 };
  return {
    kept,
    read: async () => kept.text,
    write: async (next: string) => {
      kept.text = next;
      kept.writes++;
    },
  };
}

function answered(name: string) {
  const endpoint = liveEndpoint(name);
  const call = {
    metrics: endpoint.metrics,
    startedAt: performance.now(),
    readAt: performance.now(),
    predictedAt: performance.now(),
    route: { modelVersion: 3 },
    caller: undefined,
  };
  for (const status of [200, 200, 422, 500]) countAnswer(call, status);
  countPredictions(endpoint.metrics, 3, 17, 1_000);
  return endpoint;
}

const options = (store: ReturnType<typeof memoryStore>, live: Iterable<ReturnType<typeof answered>>) => ({
  store,
  live: () => live,
  everyMs: NEVER,
  onError: (error: unknown) => {
    throw error;
  },
});

function begun(asked: Parameters<typeof keepCounts>[0]) {
  const counts = keepCounts(asked);
  counts.begin();
  return counts;
}

describe('counts of endpoints', () => {
  it('count on in the next life of the process', async () => {
    const store = memoryStore();
    const churn = answered('churn');
    await begun(options(store, [churn])).close();

    const next = await keepCounts(options(store, [])).of('churn');
    expect([next.requests, next.failures, next.predictions]).toEqual([4, 1, 17]);
    expect([...next.statuses]).toEqual([...churn.metrics.statuses]);
    expect(next.latencyCounts).toEqual(churn.metrics.latencyCounts);
    expect(next.versions.get(3)).toMatchObject({ rows: 17, lastAt: 1_000 });
  });

  it('leave out what rollouts judge by, which is of one life of the process', () => {
    const churn = answered('churn');
    expect(countsOf(churn.metrics, 3).requests).toBe(4);
    const next = decodeCounts(encodeCounts([churn])).get('churn')!;
    expect(countsOf(next, 3)).toEqual(countsOf(endpointMetrics(), 3));
  });

  it('start from zero for an endpoint that was removed and made again', async () => {
    const store = memoryStore(encodeCounts([answered('churn')]));
    const counts = keepCounts(options(store, []));
    expect((await counts.of('churn')).requests).toBe(4);
    expect((await counts.of('churn')).requests).toBe(0);
    expect((await counts.of('constructor')).requests).toBe(0);
  });

  it('are not written again while nothing is counted', async () => {
    const store = memoryStore();
    const counts = begun(options(store, [answered('churn')]));
    await counts.save();
    await counts.save();
    expect(store.kept.writes).toBe(1);
    await counts.close();
  });

  it('stay as they were kept until the endpoints are there', async () => {
    const store = memoryStore(encodeCounts([answered('churn')]));
    await keepCounts(options(store, [])).close();
    expect(store.kept.writes).toBe(0);
  });

  it('are written at the next time where they could not be written once', async () => {
    const store = memoryStore();
    let isFull = true;
    const errors: unknown[] = [];
    const counts = begun({
      ...options(store, [answered('churn')]),
      store: {
        ...store,
        write: async (text) => (isFull ? Promise.reject(new Error('full')) : store.write(text)),
      },
      onError: (error) => void errors.push(error),
    });
    await counts.save();
    isFull = false;
    await counts.close();
    expect([errors.length, store.kept.writes]).toEqual([1, 1]);
  });

  it('start from zero where the file is damaged, and say so', async () => {
    for (const text of ['{"format":1,"endpo', '[]', 'null', '{"format":2,"endpoints":[]}']) {
      const errors: unknown[] = [];
      const store = memoryStore(text);
      const onError = (error: unknown) => void errors.push(error);
      const counts = keepCounts({ ...options(store, []), onError });
      expect((await counts.of('churn')).requests).toBe(0);
      expect(errors).toHaveLength(1);
    }
  });
});
