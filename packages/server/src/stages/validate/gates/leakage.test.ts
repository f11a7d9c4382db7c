import { expect, test } from 'vitest';
import type { LeakageSuspicion } from '../../prepare/index.ts';
import type { DatasetReport, ValidationReport } from '../model.ts';
import { decideGates, LEAKAGE_GATE } from './index.ts';

const report = { datasets: [{ name: 'hold-out' } as DatasetReport] } as ValidationReport;
const decide = (leakage: LeakageSuspicion[]) => decideGates({ report, leakage }, [LEAKAGE_GATE]).results[0]!;

const strong: LeakageSuspicion = { column: 'score', metric: 'roc-auc', value: 0.995, says: 'score alone.' };
const closed: LeakageSuspicion = {
  ...{
    column: 'closed on',
    metric: 'roc-auc',
    value: 0.8,
    says: 'closed on is filled in only where it left.',
  },
  ...{ evidence: 'known-afterwards', allowed: false },
};

test('predictive strength alone closes nothing', () => {
  expect(decide([strong])).toMatchObject({ id: 'leakage', passed: true, observed: 0 });
  expect(decide([])).toMatchObject({ passed: true });
});

test('structural evidence closes the gate, which says why and both ways out', () => {
  const { passed, observed, says } = decide([strong, closed]);
  expect({ passed, observed }).toEqual({ passed: false, observed: 1 });
  expect(says).toContain(closed.says);
  expect(says).toContain("--exclude 'closed on'");
  expect(says).toContain("--allow-leakage 'closed on'");
  expect(says).not.toContain('score');
});

test('evidence that somebody vouches for is told and closes nothing', () => {
  const { passed, says } = decide([{ ...closed, allowed: true }]);
  expect(passed).toBe(true);
  expect(says).toContain('closed on');
});
