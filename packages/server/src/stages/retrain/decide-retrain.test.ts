import { describe, expect, it } from 'vitest';
import { decideRetrain } from './decide-retrain.ts';
import type { RetrainPolicy, RetrainSignals } from './model.ts';

const POLICY: RetrainPolicy = {
  mode: 'auto',
  on: ['drift', 'performance'],
  cooldownHours: 24,
  minLabels: 200,
  checkEveryMinutes: 60,
};

const QUIET = { fired: false, says: 'Quiet.' };
const SIGNALS: RetrainSignals = {
  drift: { fired: true, says: 'Drift in 900 predictions: age.' },
  performance: QUIET,
  brokenData: QUIET,
  rollout: QUIET,
  backoff: QUIET,
  performanceHolds: QUIET,
  hoursSinceTraining: 48,
  freshLabels: 500,
};

describe('the first rule that applies decides', () => {
  it.each<[string, Partial<RetrainPolicy>, Partial<RetrainSignals>, string]>([
    ['off, whatever happens', { mode: 'off' }, {}, 'off'],
    ['nothing fired', {}, { drift: QUIET }, 'quiet'],
    ['what fired is not watched', { on: ['performance'] }, {}, 'quiet'],
    [
      'broken data, even with a cooldown over and labels in plenty',
      {},
      { brokenData: { fired: true, says: 'Age is missing.' } },
      'broken-data',
    ],
    [
      'drift alone, while the measured performance holds',
      {},
      { performanceHolds: { fired: true, says: 'R² 0.95.' }, hoursSinceTraining: 1 },
      'performance-holds',
    ],
    [
      'the performance fell as well',
      {},
      {
        performance: { fired: true, says: 'R² fell.' },
        performanceHolds: { fired: false, says: 'R² fell.' },
      },
      'retrain',
    ],
    ['trained a short while ago', {}, { hoursSinceTraining: 23.9 }, 'cooldown'],
    ['trained long enough ago', {}, { hoursSinceTraining: 24 }, 'retrain'],
    ['never trained since', {}, { hoursSinceTraining: null }, 'retrain'],
    ['a version is being rolled out', {}, { rollout: { fired: true, says: 'On its way.' } }, 'rollout'],
    ['the last results were refused', {}, { backoff: { fired: true, says: 'Waits.' } }, 'backoff'],
    [
      'a person decides, whatever was refused',
      { mode: 'propose' },
      { backoff: { fired: true, says: 'Waits.' } },
      'propose',
    ],
    ['too few fresh labels', {}, { freshLabels: 199 }, 'few-labels'],
    ['just enough fresh labels', {}, { freshLabels: 200 }, 'retrain'],
    ['a person decides', { mode: 'propose' }, {}, 'propose'],
  ])('%s', (_, policy, signals, rule) => {
    const decision = decideRetrain({ ...POLICY, ...policy }, { ...SIGNALS, ...signals });
    expect(decision).toMatchObject({ rule, retrain: rule === 'retrain', propose: rule === 'propose' });
  });
});

it('tells what called for it', () => {
  expect(decideRetrain(POLICY, SIGNALS).says).toBe(
    'Retraining on 500 new labelled rows: Drift in 900 predictions: age.',
  );
  const holds = { fired: true, says: 'R² 0.95 over 300 labels.' };
  expect(decideRetrain(POLICY, { ...SIGNALS, performanceHolds: holds }).says).toBe(
    'Drift alone starts no retraining while the measured performance holds: R² 0.95 over 300 labels.',
  );
  const broken = { fired: true, says: 'age is missing in 80 % of the rows.' };
  expect(decideRetrain(POLICY, { ...SIGNALS, brokenData: broken }).says).toContain('Repair the feed first.');
});
