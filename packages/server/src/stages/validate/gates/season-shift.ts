import type { Decide } from './decide.ts';
import { largeShift, nothingAppended } from './large-shift.ts';

/** Of a forecast: the appended values have the season that the earlier ones had, unless a person said that this is intended. */
export const seasonShift: Decide<'season-shift'> = (_, __, { report: { shift } }) =>
  shift?.season === undefined
    ? nothingAppended('values')
    : largeShift(shift.season, shift.accepted, 'values');
