import { describe, expect, it } from 'vitest';
import type { PredictionLogReader } from '../journey/serve/index.ts';
import type { Alert, Stores } from '../ledger/index.ts';
import { liveQuality } from './live-quality.ts';

const BEGAN = Date.UTC(2026, 2, 1);
const ASK = { endpoint: 'churn', version: 2, former: 1, sinceMs: BEGAN };

type Logged = { id: string; version: number; value: string | number };

/** A log of these predictions, the truth about some of them, and these alerts. */
function quality(
  logged: readonly Logged[],
  truths: Readonly<Record<string, string>>,
  alerts: Partial<Alert>[] = [],
) {
  const log = {
    async *read() {
      yield logged;
    },
  } as unknown as PredictionLogReader;
  const labels = Object.entries(truths).map(([predictionId, value]) => ({ predictionId, value }));
  const stores = {
    labels: { list: async () => labels },
    alerts: { list: async () => alerts },
  } as unknown as Stores;
  return liveQuality(stores, log);
}

const predictions = (version: number, values: readonly (string | number)[]): Logged[] =>
  values.map((value, i) => ({ id: `p_${version}_${i}`, version, value }));

describe('the live quality of two versions', () => {
  it('is unknown where no label has come in', async () => {
    expect(await quality(predictions(2, ['Yes']), {}).compare(ASK)).toBeNull();
  });

  it('of classes counts those that were another', async () => {
    const logged = [...predictions(1, ['Yes', 'No', 'No']), ...predictions(2, ['Yes', 'Yes', 'No'])];
    const truths = { p_1_0: 'Yes', p_1_1: 'Yes', p_2_0: 'No', p_2_1: 'No' };
    expect(await quality(logged, truths).compare(ASK)).toEqual({
      version: { had: 2, of: 2 },
      former: { had: 1, of: 2 },
    });
  });

  it('of numbers counts those further off than the former version usually is', async () => {
    const logged = [...predictions(1, [9, 10, 11, 30]), ...predictions(2, [10, 14, 6])];
    const ids = logged.map(({ id }) => [id, '10'] as const);
    // The errors of version 1 are 0, 1, 1 and 20, so that more than 1.25 is wrong.
    expect(await quality(logged, Object.fromEntries(ids)).compare(ASK)).toEqual({
      version: { had: 2, of: 3 },
      former: { had: 1, of: 4 },
    });
  });

  it('hears of alerts about the version that came up since', async () => {
    const alert = (version: number, at: number, message: string): Partial<Alert> => ({
      evidence: { version },
      severity: 'critical',
      firstSeenAt: new Date(at).toISOString(),
      message,
    });
    const alerts = [
      alert(2, BEGAN + 1, 'It is worse.'),
      alert(1, BEGAN + 1, 'About the other.'),
      alert(2, BEGAN - 1, 'Known before.'),
    ];
    expect(await quality([], {}, alerts).alerts('churn', 2, BEGAN)).toEqual(['It is worse.']);
  });
});
