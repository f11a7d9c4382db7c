import type { Decide } from './decide.ts';

/** The distribution of the target did not change by a large effect, unless a person said that this is intended. */
export const labelShift: Decide<'label-shift'> = (_, __, { report: { shift } }) => {
  if (shift === undefined)
    return { passed: true, observed: null, threshold: null, says: 'No rows were appended.' };
  const { label, accepted } = shift;
  const says = !label.large
    ? label.says
    : accepted
      ? `${label.says} Accepted as intended.`
      : `${label.says} Check the appended labels. If the change is intended, retrain with --accept-shift; if not, roll the rows back with \`slipway data rollback\`.`;
  return { passed: !label.large || accepted, observed: label.effect, threshold: null, says };
};
