import type { Decide } from './decide.ts';
import { figure } from './figures.ts';

/** The exported model answers as the trained one does. Not measured is not passed. */
export const parity: Decide<'parity'> = ({ maxDifference: threshold }, _, { parity: measured }) => {
  if (measured === undefined) {
    return { passed: false, observed: null, threshold, says: 'The exported model was not compared yet.' };
  }
  const { rows, mismatches, largestDifference: observed } = measured;
  const passed = mismatches === 0 && observed <= threshold;
  const says = passed
    ? `The exported model answers as the trained one on all ${rows} rows (largest difference ${figure(observed)}).`
    : `The exported model answers differently on ${mismatches} of ${rows} rows (largest difference ${figure(observed)}).`;
  return { passed, observed, threshold, says, rows };
};
