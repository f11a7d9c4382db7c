import { meanOf } from '../ensemble/mean-of.ts';
import type { OpenTrial } from '../open-trial.ts';
import type { Candidate } from './candidate.ts';
import type { SuggestedTrial } from './suggest-trials.ts';

/** Learners that a feature of no use does not harm; others keep what they had until they show that they gain. */
export const TREE_LEARNERS: readonly Candidate['learner'][] = [
  'boosted-trees',
  'extra-trees',
  'random-forest',
];

/** Learners that were tried without made features are tried once with them. */
export function otherWithMade(
  begun: readonly OpenTrial[],
  accepted: readonly number[],
): SuggestedTrial | null {
  const done = begun.find(
    (trial) =>
      trial.state === 'done' &&
      trial.candidate.made === undefined &&
      !TREE_LEARNERS.includes(trial.candidate.learner) &&
      !begun.some(
        ({ candidate }) => candidate.learner === trial.candidate.learner && candidate.made !== undefined,
      ),
  );
  if (done === undefined) return null;
  const { learner, params } = done.candidate;
  return {
    candidate: { learner, params, made: accepted },
    why: 'the features that help the trees may help it too',
    race: 'lenient',
  };
}

/** The best finished trial of the learner. */
export function bestOf(learner: Candidate['learner'], begun: readonly OpenTrial[]): OpenTrial | undefined {
  const losses = (trial: OpenTrial) => meanOf([...trial.looks.values()]);
  return begun
    .filter((trial) => trial.state === 'done' && trial.candidate.learner === learner)
    .toSorted((a, b) => losses(a) - losses(b))[0];
}
