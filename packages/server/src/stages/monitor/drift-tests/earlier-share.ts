import type { DriftTest } from './drift-test.ts';
import { shareDifference } from './share-difference.ts';

/** Dates before the earliest of training: time only advances, so such a date is a fault or an archive. */
export const earlierShare: DriftTest = {
  id: 'earlier-share',
  measure: 'share of dates before the earliest of training',
  kinds: ['number'],
  of: 'dates',
  threshold: 0.05,
  about: 'Dates arrive from before the earliest date of training.',
  find({ reference, window }, alpha) {
    if (window.cells[0] === 0) return null;
    return shareDifference(
      [reference.cells[0]!, reference.present],
      [window.cells[0]!, window.present],
      alpha,
    );
  },
};
