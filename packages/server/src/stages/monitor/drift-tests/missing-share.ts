import type { DriftTest, Sample } from './drift-test.ts';
import { shareDifference } from './share-difference.ts';

/** More, or fewer, values are missing than in training. */
export const missingShare: DriftTest = {
  id: 'missing-share',
  measure: 'change of the missing share',
  kinds: ['number', 'category'],
  of: 'presence',
  threshold: 0.05,
  about: 'More, or fewer, values are missing than in training.',
  find: ({ reference, window }, alpha) => shareDifference(counts(reference), counts(window), alpha),
};

function counts({ missing, present }: Sample): [number, number] {
  return [missing, missing + present];
}
