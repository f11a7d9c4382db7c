import type { Decide } from './decide.ts';
import { largeShift, nothingAppended } from './large-shift.ts';

/** The distribution of the target did not change by a large effect, unless a person said that this is intended. */
export const labelShift: Decide<'label-shift'> = (_, __, { report: { shift } }) =>
  shift === undefined ? nothingAppended('rows') : largeShift(shift.label, shift.accepted, 'labels');
