import type { ShiftReport } from '../../../stages/validate/index.ts';
import type { CandidateInput } from '../../model.ts';
import type { Champion } from '../champion.ts';
import type { PreparedRows } from '../prepare-rows.ts';
import { inputShift } from './input-shift.ts';
import { labelShift } from './label-shift.ts';
import { relationOf } from './relation.ts';

/**
 * What differs between the rows that the champion's training had and the labelled rows that came since: the distribution of
 * the target, those of the inputs, and how the champion, which saw none of the new rows, predicts them. Null when none came.
 */
export function measureShift(
  prepared: PreparedRows,
  input: CandidateInput,
  champion: Champion,
): ShiftReport | null {
  const { growth, preparation } = prepared;
  if (growth === null) return null;
  const label = labelShift(growth, preparation);
  const inputs = inputShift(growth, champion.open);
  const relation = relationOf(prepared, growth, input, champion);
  return {
    champion: champion.version,
    rows: growth.rows,
    label,
    inputs,
    relation,
    accepted: input.acceptShift === true,
    ...(input.acceptance && { acceptance: input.acceptance }),
    says: sentences({ label, inputs }, growth.rows, champion.version),
  };
}

function sentences(
  { label, inputs }: Pick<ShiftReport, 'label' | 'inputs'>,
  { before, appended }: ShiftReport['rows'],
  version: number,
): string {
  const shifted = inputs.columns.filter((one) => one.shifted).length;
  return `${appended.toLocaleString('en')} labelled rows came after the training of version ${version}, beside ${before.toLocaleString('en')} before. ${label.says} ${shifted} of ${inputs.columns.length} inputs shifted.`;
}
