import type { RetrainDecision, RetrainPolicy, RetrainSignals, Trigger } from './model.ts';

type Rule = {
  rule: RetrainDecision['rule'];
  applies(policy: RetrainPolicy, signals: RetrainSignals): boolean;
  says(policy: RetrainPolicy, signals: RetrainSignals): string;
};

/** The first rule that applies decides; the last one always does. */
const RULES: readonly Rule[] = [
  {
    rule: 'off',
    applies: ({ mode }) => mode === 'off',
    says: () => 'Automatic retraining is off.',
  },
  {
    rule: 'quiet',
    applies: (policy, signals) => fired(policy, signals).length === 0,
    says: ({ on }) => `Nothing that the policy watches (${on.join(', ')}) calls for it.`,
  },
  {
    rule: 'broken-data',
    applies: (_, { brokenData }) => brokenData.fired,
    says: (_, { brokenData }) =>
      `The data looks broken, and a model must not learn from that: ${brokenData.says} Repair the feed first.`,
  },
  {
    rule: 'rollout',
    applies: (_, { rollout }) => rollout.fired,
    says: (_, { rollout }) => rollout.says,
  },
  {
    rule: 'performance-holds',
    applies: (policy, signals) =>
      signals.performanceHolds.fired && fired(policy, signals).every((trigger) => trigger === 'drift'),
    says: (_, { performanceHolds }) =>
      `Drift alone starts no retraining while the measured performance holds: ${performanceHolds.says}`,
  },
  {
    rule: 'cooldown',
    applies: ({ cooldownHours }, { hoursSinceTraining }) =>
      hoursSinceTraining !== null && hoursSinceTraining < cooldownHours,
    says: ({ cooldownHours }, { hoursSinceTraining }) =>
      `The last training ended ${hoursSinceTraining!.toFixed(1)} hours ago; the policy waits ${cooldownHours}.`,
  },
  {
    rule: 'backoff',
    applies: ({ mode }, { backoff }) => mode === 'auto' && backoff.fired,
    says: (_, { backoff }) => backoff.says,
  },
  {
    rule: 'few-labels',
    applies: ({ minLabels }, { freshLabels }) => freshLabels < minLabels,
    says: ({ minLabels }, { freshLabels }) =>
      `There are ${freshLabels} labelled predictions that no training has seen; the policy asks for ${minLabels}.`,
  },
  {
    rule: 'propose',
    applies: ({ mode }) => mode === 'propose',
    says: (policy, signals) => `A retrain is proposed: ${reasons(policy, signals)}`,
  },
  {
    rule: 'retrain',
    applies: () => true,
    says: (policy, signals) =>
      `Retraining on ${signals.freshLabels} new labelled rows: ${reasons(policy, signals)}`,
  },
];

/** Whether a policy, given what monitoring saw, starts or proposes a retrain; and why, in one sentence. */
export function decideRetrain(policy: RetrainPolicy, signals: RetrainSignals): RetrainDecision {
  const { rule, says } = RULES.find((one) => one.applies(policy, signals))!;
  return { retrain: rule === 'retrain', propose: rule === 'propose', rule, says: says(policy, signals) };
}

function fired({ on }: RetrainPolicy, signals: RetrainSignals): Trigger[] {
  return on.filter((trigger) => signals[trigger].fired);
}

function reasons(policy: RetrainPolicy, signals: RetrainSignals): string {
  const found = fired(policy, signals).map((trigger) => signals[trigger].says);
  return [...new Set(found)].join(' ');
}
