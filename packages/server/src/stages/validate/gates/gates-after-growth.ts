import type { DatasetReport, Gate, ValidationReport } from '../model.ts';
import { ORIGINAL_HOLDOUT, RECENT_ROWS } from '../shift-report.ts';

/** Fewer held-out rows than this do not decide a comparison. */
export const LEAST_COMPARED_ROWS = 30;
/** Of forecasts: steps, which few series have many of. */
export const LEAST_COMPARED_STEPS = 8;

const SHIFT_GATES: readonly Gate[] = [
  {
    id: 'label-shift',
    kind: 'label-shift',
    says: 'The appended labels are distributed much as the earlier ones.',
  },
  {
    id: 'input-shift',
    kind: 'input-shift',
    says: 'The appended inputs do not look like a fault of the feed.',
  },
  {
    id: 'label-signal',
    kind: 'label-signal',
    minRows: LEAST_COMPARED_ROWS,
    says: 'The appended labels can be predicted from the inputs.',
  },
];

/** Of forecasts, which the best naive forecast on the recent steps tells whether they can be forecast at all. */
const FORECAST_SHIFT_GATES: readonly Gate[] = [
  {
    id: 'label-shift',
    kind: 'label-shift',
    says: 'The level of the appended values moves as it did before.',
  },
  {
    id: 'season-shift',
    kind: 'season-shift',
    says: 'The appended values have the season that the earlier ones had.',
  },
  {
    id: 'input-shift',
    kind: 'input-shift',
    says: 'The appended values do not look like a fault of the feed.',
  },
];

/** Gates that a model does not pass for what its data is like, whoever forecasts it. */
export const DATA_GATES: readonly string[] = FORECAST_SHIFT_GATES.map(({ id }) => id);

/**
 * The gates of a model that is compared with the champion on parts of the hold-out. A comparison that names no set is made
 * on the champion's own hold-out and on the held-out rows that came after its training, and both must hold: together, the
 * rows of one can hide what happens on the other. A set of fewer than {@link LEAST_COMPARED_ROWS} rows does not decide, and
 * where neither has as many, the whole hold-out does. On the recent rows, which are few as a rule, the candidate may be one
 * standard error below the champion.
 *
 * Where a person accepted the shift, the recent rows decide every gate that names no set, if they are enough.
 */
export function gatesAfterGrowth(report: ValidationReport, gates: readonly Gate[]): readonly Gate[] {
  const { shift } = report;
  const original = setNamed(report, ORIGINAL_HOLDOUT);
  const recent = setNamed(report, RECENT_ROWS);
  if (shift === undefined && original === undefined) return gates;
  const byRecent = shift?.accepted === true && isComparable(recent, report);
  const parted = gates.flatMap((gate) => {
    if (gate.dataset !== undefined || gate.kind === 'parity' || gate.kind === 'leakage') return [gate];
    if (gate.kind === 'not-worse-than-champion')
      return comparisons(gate, { report, original, recent, byRecent });
    return byRecent ? [{ ...gate, dataset: RECENT_ROWS }] : [gate];
  });
  if (shift === undefined) return parted;
  return [...parted, ...(report.task === 'forecast' ? FORECAST_SHIFT_GATES : SHIFT_GATES)];
}

type Comparison = Extract<Gate, { kind: 'not-worse-than-champion' }>;

function comparisons(
  gate: Comparison,
  sets: {
    report: ValidationReport;
    original: DatasetReport | undefined;
    recent: DatasetReport | undefined;
    byRecent: boolean;
  },
): Gate[] {
  const { report, original, recent, byRecent } = sets;
  if (!isComparable(original, report) && !isComparable(recent, report)) return [gate];
  const minRows = leastCompared(report);
  const onOriginal: Gate = {
    ...gate,
    dataset: ORIGINAL_HOLDOUT,
    minRows,
    ...(byRecent && { accepted: true }),
  };
  const onRecent: Gate = {
    ...gate,
    id: `${gate.id}-recent`,
    dataset: RECENT_ROWS,
    minRows,
    standardErrors: 1,
  };
  return report.shift === undefined ? [onOriginal] : [onOriginal, onRecent];
}

function setNamed({ datasets }: ValidationReport, name: string): DatasetReport | undefined {
  return datasets.find((set) => set.name === name);
}

function leastCompared({ task }: ValidationReport): number {
  return task === 'forecast' ? LEAST_COMPARED_STEPS : LEAST_COMPARED_ROWS;
}

function isComparable(set: DatasetReport | undefined, report: ValidationReport): boolean {
  const difference = set?.champion?.difference;
  return (
    set !== undefined &&
    set.rows >= leastCompared(report) &&
    difference !== undefined &&
    [difference.value, difference.low, difference.high].every(Number.isFinite)
  );
}
