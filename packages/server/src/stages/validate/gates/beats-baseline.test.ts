import { expect, test } from 'vitest';
import type { DatasetReport } from '../model.ts';
import { beatsBaseline } from './beats-baseline.ts';

const interval = (value: number, half: number) => ({ value, low: value - half, high: value + half });

function decide(value: number, difference: number, logLossGain: number) {
  const dataset = {
    rows: 60,
    primary: { metric: 'roc-auc', ...interval(value, 0.01) },
    baseline: {
      metrics: { 'roc-auc': value - difference },
      difference: interval(difference, 0.01),
      logLossGain: interval(logLossGain, 0.001),
    },
  } as unknown as DatasetReport;
  return beatsBaseline({} as never, dataset, {} as never);
}

test('the metric or the log loss must show a gain that luck does not explain', () => {
  expect(decide(0.8, 0.3, 0.1)).toMatchObject({ passed: true, observed: 0.3 });
  expect(decide(0.5, 0.001, 0.1)).toMatchObject({ passed: true });
  expect(decide(0.5, 0.001, 0)).toMatchObject({ passed: false });
});

test('rows of one class show no gain, though the log loss may look better', () => {
  const { passed, observed, says } = decide(Number.NaN, Number.NaN, 0.1);
  expect({ passed, observed }).toEqual({ passed: false, observed: null });
  expect(says).toContain('roc-auc is undefined on the 60 rows');
  expect(says).toContain('slipway deploy');
});
