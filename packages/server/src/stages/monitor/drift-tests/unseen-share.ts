import type { DriftTest } from './drift-test.ts';
import { shareDifference } from './share-difference.ts';

/**
 * Values that training never saw. New values turn up by themselves, as often as values that training saw just once
 * (Good 1953), so the reference's share is that of its singletons (`Sample.unseen` of the reference), not zero.
 */
export const unseenShare: DriftTest = {
  id: 'unseen-share',
  measure: 'share of values never seen in training',
  kinds: ['category'],
  of: 'presence',
  threshold: 0.05,
  about: 'Values arrive that training never saw.',
  find({ reference, window }, alpha) {
    if (window.unseen === 0 || reference.present === 0) return null;
    const expected: [number, number] = [reference.unseen, reference.present];
    const found: [number, number] = [window.unseen, window.present];
    if (found[0] / found[1] <= expected[0] / expected[1]) return null;
    return shareDifference(expected, found, alpha);
  },
};
