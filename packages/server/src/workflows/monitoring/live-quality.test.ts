import { describe, expect, it } from 'vitest';
import type { Alert, Stores } from '../../metadata/index.ts';
import { type PredictionLogReader, predictionIds, type TimeWindow } from '../../stages/serve/index.ts';
import { liveQuality } from './live-quality.ts';

const BEGAN = Date.UTC(2026, 2, 1);
const HOUR_MS = 3_600_000;
const ASK = { endpoint: 'churn', version: 2, former: 1, sinceMs: BEGAN };

type Logged = { id: string; version: number; value: string | number };

/** The id of a prediction that was made an hour after the rollout began. */
const ids = new Map<string, string>();
const next = predictionIds('p', 'abcdefgh', { now: () => BEGAN + HOUR_MS, monotonic: () => 0 });
function idOf(name: string): string {
  const id = ids.get(name) ?? next();
  ids.set(name, id);
  return id;
}

const asked: TimeWindow[] = [];

/** A log of these predictions, the truth about some of them, and these alerts. */
function quality(
  logged: readonly Logged[],
  truths: Readonly<Record<string, string>>,
  alerts: Partial<Alert>[] = [],
) {
  const log = {
    async *read(_: string, window: TimeWindow) {
      asked.push(window);
      yield logged;
    },
  } as unknown as PredictionLogReader;
  const labels = Object.entries(truths).map(([name, value]) => ({ predictionId: idOf(name), value }));
  const stores = {
    labels: { list: async () => labels },
    alerts: { list: async () => alerts },
    endpoints: { get: async () => ({ model: 'churn' }) },
    models: { version: async () => ({ runId: null }) },
  } as unknown as Stores;
  return liveQuality(stores, log);
}

const predictions = (version: number, values: readonly (string | number)[]): Logged[] =>
  values.map((value, i) => ({ id: idOf(`p_${version}_${i}`), version, value }));

describe('the live quality of two versions', () => {
  it('is unknown where no label has come in', async () => {
    expect(await quality(predictions(2, ['Yes']), {}).compare(ASK)).toBeNull();
  });

  it('of classes counts those that were another, and those missed of each true class', async () => {
    const logged = [...predictions(1, ['Yes', 'No', 'No']), ...predictions(2, ['Yes', 'Yes', 'No'])];
    const truths = { p_1_0: 'Yes', p_1_1: 'Yes', p_2_0: 'No', p_2_1: 'No', p_2_2: 'Never seen' };
    expect(await quality(logged, truths).compare(ASK)).toEqual({
      version: {
        wrong: { had: 3, of: 3 },
        missed: [
          { name: 'Never seen', had: 1, of: 1 },
          { name: 'No', had: 2, of: 2 },
        ],
        measures: [],
      },
      former: { wrong: { had: 1, of: 2 }, missed: [{ name: 'Yes', had: 1, of: 2 }], measures: [] },
    });
  });

  it('of numbers counts those further off than the former version usually is', async () => {
    const logged = [...predictions(1, [9, 10, 11, 30]), ...predictions(2, [10, 14, 6])];
    const names = ['p_1_0', 'p_1_1', 'p_1_2', 'p_1_3', 'p_2_0', 'p_2_1', 'p_2_2'];
    const truths = Object.fromEntries(names.map((name) => [name, '10']));
    // The errors of version 1 are 0, 1, 1 and 20, so that more than 1.25 is wrong.
    expect(await quality(logged, truths).compare(ASK)).toMatchObject({
      version: { wrong: { had: 2, of: 3 }, missed: [] },
      former: { wrong: { had: 1, of: 4 }, missed: [] },
    });
  });

  it('reads the log of no other time than that of the predictions whose truth is known', async () => {
    asked.length = 0;
    await quality(predictions(2, ['Yes']), { p_2_0: 'No' }).compare(ASK);
    await quality([], { p_2_0: 'No' }).compare({ ...ASK, sinceMs: BEGAN + HOUR_MS });
    const to = BEGAN + HOUR_MS + 300_000;
    expect(asked).toEqual([
      { from: BEGAN + HOUR_MS - 300_000, to },
      { from: BEGAN + HOUR_MS, to },
    ]);
  });

  it('hears of fallen performance of the version that came up since, and not of what drifts in its traffic', async () => {
    const alert = (version: number, at: number, message: string, key = 'performance'): Partial<Alert> => ({
      version,
      key,
      severity: 'critical',
      firstSeenAt: new Date(at).toISOString(),
      message,
    });
    const alerts = [
      alert(2, BEGAN + 1, 'It is worse.'),
      alert(1, BEGAN + 1, 'About the other.'),
      alert(2, BEGAN + 1, 'Age drifted.', 'drift:age'),
      alert(2, BEGAN - 1, 'Known before.'),
    ];
    expect(await quality([], {}, alerts).alerts('churn', 2, BEGAN)).toEqual(['It is worse.']);
  });
});
