import type { ShiftReport } from '../shift-report.ts';
import type { Decide } from './decide.ts';
import { nothingAppended, WAY_OUT } from './large-shift.ts';

/** How many shifted columns are named. */
const NAMED = 5;

/**
 * No input looks like a fault of the feed (values gone missing, never seen before, or in another unit), unless a person said
 * that this is intended. Other shifts are reported: the comparison on the recent rows tells whether the model copes with them.
 */
export const inputShift: Decide<'input-shift'> = (_, __, { report: { shift } }) => {
  if (shift === undefined) return nothingAppended('rows');
  const base = { observed: null, threshold: null };
  const { inputs, accepted } = shift;
  if (inputs.broken === null) return { ...base, passed: true, says: shiftedInWords(shift) };
  const says = accepted
    ? `The appended inputs differ: ${inputs.broken} Accepted as intended.`
    : `The appended inputs look like a fault of the feed: ${inputs.broken} ${WAY_OUT}`;
  return { ...base, passed: accepted, says };
};

function shiftedInWords({ inputs, rows }: ShiftReport): string {
  if (!inputs.enough)
    return `Input shift is not evaluated on ${rows.appended.toLocaleString('en')} appended rows; it takes more.`;
  const shifted = inputs.columns.filter((one) => one.shifted);
  if (shifted.length === 0) return 'No input of the appended rows is distributed otherwise than before.';
  const named = shifted.slice(0, NAMED).map(({ column }) => column);
  const more = shifted.length > NAMED ? ` and ${shifted.length - NAMED} more` : '';
  return `${shifted.length} of ${inputs.columns.length} inputs of the appended rows are distributed otherwise than before (${named.join(', ')}${more}); the recent rows show how the model copes.`;
}
