import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import type { WindowReport } from '../model.ts';
import { MONITOR_DEFAULTS } from '../options.ts';
import { addToBins, emptyBins } from '../score-bins.ts';
import { estimatedPerformance } from './estimated-performance.ts';
import { labelJoin } from './label-join.ts';
import type { LabelledPeriod } from './labelled-period.ts';
import { canTellPerformance, performanceAlerts } from './performance-alerts.ts';
import { realisedPerformance } from './realised-performance.ts';

const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;

type Row = { value: string; label: string; score: number };

/** Rows, predicted in the hour before, whose labels arrive now. */
function periodOf(rows: readonly Row[], model: Parameters<typeof labelJoin>[0]): LabelledPeriod {
  const join = labelJoin(model);
  for (const [i, { value, label, score }] of rows.entries()) {
    const ts = new Date(NOW - HOUR + i).toISOString();
    join.add({ id: `p-${i}`, ts, version: 1, row: {}, value, score }, { value: label, arrivedAt: NOW });
  }
  const made = { from: NOW - HOUR, to: NOW - HOUR + rows.length - 1 };
  return { labelled: join.labelled(), made, predictions: rows.length, days: 1 };
}

const TICKETS = {
  task: 'multiclass' as const,
  classes: ['billing', 'returns', 'sales'],
  threshold: 0.5,
  holdout: { value: 0.78, low: 0.71, high: 0.84 },
};

describe('labels of a class that training never saw', () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({
    value: 'billing',
    score: 0.8,
    label: i < 94 ? 'warranty' : i < 248 ? 'billing' : 'sales',
  }));
  const realised = realisedPerformance(TICKETS, periodOf(rows, TICKETS), 300, MONITOR_DEFAULTS);

  it('count as wrong answers and are named with their share', () => {
    expect(realised.metrics.accuracy).toBeCloseTo(154 / 300, 12);
    expect(realised.unknownClasses).toMatchObject({
      labels: 94,
      classes: [{ value: 'warranty', labels: 94 }],
      says: '94 labels (31 %) are of a class the model does not know: warranty.',
    });
    expect(realised.decision).toBe(
      'Accuracy is 0.51 on 300 labelled predictions, lower than the 0.78 on the hold-out.',
    );
  });

  it('raise an alert beside that of the performance', () => {
    const report = reportOf(realised);
    expect(performanceAlerts(report).map(({ key, severity }) => ({ key, severity }))).toEqual([
      { key: 'performance', severity: 'critical' },
      { key: 'performance:unknown-class', severity: 'warning' },
    ]);
  });
});

it('a label of a regression that is no number is counted and left out', () => {
  const model = { task: 'regression' as const, classes: [], threshold: 0.5, holdout: null };
  const rows = Array.from({ length: 150 }, (_, i) => ({
    value: '0',
    score: i,
    label: i < 5 ? 'n.a.' : String(i),
  }));
  const realised = realisedPerformance(model, periodOf(rows, model), 150, MONITOR_DEFAULTS);
  expect(realised).toMatchObject({ labelled: 145, unknownLabels: 5, unknownClasses: null });
  expect(realised.metrics.rmse).toBe(0);
});

it('a measure that is not defined is named', () => {
  const model = { ...TICKETS, task: 'binary' as const, classes: ['No', 'Yes'] };
  const rows = Array.from({ length: 150 }, () => ({ value: 'No', score: 0.2, label: 'No' }));
  const { says, primary } = realisedPerformance(model, periodOf(rows, model), 150, MONITOR_DEFAULTS);
  expect(primary).toBeNull();
  expect(says).toContain('ROC AUC is not defined on these labels.');
});

describe('an estimate of performance', () => {
  const model = { task: 'binary' as const, classes: ['No', 'Yes'], threshold: 0.5, reliability: null };
  const estimate = (seed: number, right: (score: number) => number, count = 400) => {
    const random = seededRandom(seed);
    const bins = emptyBins();
    const rows = Array.from({ length: count }, () => {
      const score = random();
      addToBins(bins, score);
      return { value: '', score, label: random() < right(score) ? 'Yes' : 'No' };
    });
    return estimatedPerformance(model, bins, periodOf(rows, model).labelled, MONITOR_DEFAULTS)!;
  };

  it('that labels contradict is wrong, and an alert of its own', () => {
    const estimated = estimate(1, () => 0.5);
    expect(estimated).toMatchObject({ trusted: false, onLabels: { wrong: true } });
    const report = reportOf({ ...QUIET, enough: true }, estimated);
    expect(performanceAlerts(report)).toMatchObject([
      {
        key: 'performance:estimate',
        severity: 'warning',
        message: expect.stringMatching(
          /^The estimate of performance is wrong: the estimated accuracy of the labelled predictions is 0\.7\d, higher than the 0\.\d\d that their labels give\.$/,
        ),
      },
    ]);
    expect(canTellPerformance(reportOf(QUIET, null), 'performance:estimate')).toBe(false);
  });

  it('that labels agree with is not called wrong by chance', () => {
    const wrong = Array.from({ length: 200 }, (_, seed) => estimate(seed, (score) => score, 100));
    expect(wrong.filter(({ trusted }) => !trusted).length).toBeLessThanOrEqual(6);
  });
});

const QUIET = realisedPerformance(TICKETS, periodOf([], TICKETS), 0, MONITOR_DEFAULTS);

function reportOf(
  realised: WindowReport['performance']['realised'],
  estimated: WindowReport['performance']['estimated'] = null,
): WindowReport {
  return { endpoint: 'e', version: 1, performance: { realised, estimated } } as WindowReport;
}
