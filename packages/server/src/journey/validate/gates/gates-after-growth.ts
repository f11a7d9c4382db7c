import type { DatasetReport, Gate, ValidationReport } from '../model.ts';
import { ORIGINAL_HOLDOUT, RECENT_ROWS } from '../shift-report.ts';

/** Fewer held-out rows than this do not decide a comparison. */
export const LEAST_COMPARED_ROWS = 30;

const SHIFT_GATES: readonly Gate[] = [
  { id: 'label-shift', kind: 'label-shift', says: 'The appended labels are distributed much as the earlier ones.' },
  { id: 'input-shift', kind: 'input-shift', says: 'The appended inputs do not look like a fault of the feed.' },
  {
    id: 'label-signal',
    kind: 'label-signal',
    minRows: LEAST_COMPARED_ROWS,
    says: 'The appended labels can be predicted from the inputs.',
  },
];

/**
 * The gates of a model whose dataset grew since the champion was trained. A comparison with the champion that names no set
 * is made twice, on the champion's own hold-out and on the held-out rows that came later, and both must hold: together, the
 * rows of one can hide what happens on the other. A set of fewer than {@link LEAST_COMPARED_ROWS} rows does not decide, and
 * where neither has as many, the whole hold-out does. On the recent rows, which are few as a rule, the candidate may be one
 * standard error below the champion.
 *
 * Where a person accepted the shift, the recent rows decide every gate that names no set, if they are enough.
 */
export function gatesAfterGrowth(report: ValidationReport, gates: readonly Gate[]): readonly Gate[] {
  const { shift } = report;
  if (shift === undefined) return gates;
  const sets = [ORIGINAL_HOLDOUT, RECENT_ROWS].map((name) => report.datasets.find((set) => set.name === name));
  const [original, recent] = sets.map(isComparable);
  const byRecent = shift.accepted && recent === true;
  const parted = gates.flatMap((gate): Gate[] => {
    if (gate.dataset !== undefined || gate.kind === 'parity') return [gate];
    if (gate.kind !== 'not-worse-than-champion') return byRecent ? [{ ...gate, dataset: RECENT_ROWS }] : [gate];
    if (original !== true && recent !== true) return [gate];
    const minRows = LEAST_COMPARED_ROWS;
    return [
      ...(sets[0] ? [{ ...gate, dataset: ORIGINAL_HOLDOUT, minRows, ...(byRecent && { accepted: true }) }] : []),
      ...(sets[1] ? [{ ...gate, id: `${gate.id}-recent`, dataset: RECENT_ROWS, minRows, standardErrors: 1 }] : []),
    ];
  });
  return [...parted, ...SHIFT_GATES];
}

function isComparable(set: DatasetReport | undefined): boolean {
  const difference = set?.champion?.difference;
  return (
    set !== undefined &&
    set.rows >= LEAST_COMPARED_ROWS &&
    difference !== undefined &&
    [difference.value, difference.low, difference.high].every(Number.isFinite)
  );
}
