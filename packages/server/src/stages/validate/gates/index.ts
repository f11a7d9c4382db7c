import type { DatasetReport, Evidence, Gate, GateResult, Verdict } from '../model.ts';
import { beatsBaseline } from './beats-baseline.ts';
import { beatsSeasonalNaive } from './beats-seasonal-naive.ts';
import { condition, HOLD_OUT } from './condition.ts';
import type { Decide } from './decide.ts';
import { gatesAfterGrowth } from './gates-after-growth.ts';
import { inputShift } from './input-shift.ts';
import { labelShift } from './label-shift.ts';
import { labelSignal } from './label-signal.ts';
import { leakage } from './leakage.ts';
import { maxCalibrationError } from './max-calibration-error.ts';
import { notWorseThanChampion } from './not-worse-than-champion.ts';
import { parity } from './parity.ts';
import { seasonShift } from './season-shift.ts';

export { conditionGate, HOLD_OUT } from './condition.ts';
export { DATA_GATES } from './gates-after-growth.ts';

/** Every kind of gate there is. */
const KINDS: { [Kind in Gate['kind']]: Decide<Kind> } = {
  'beats-baseline': beatsBaseline,
  'beats-seasonal-naive': beatsSeasonalNaive,
  'not-worse-than-champion': notWorseThanChampion,
  condition,
  'max-calibration-error': maxCalibrationError,
  parity,
  leakage,
  'label-shift': labelShift,
  'input-shift': inputShift,
  'label-signal': labelSignal,
  'season-shift': seasonShift,
};

/** The gates of a model for which nobody chose others. */
export const DEFAULT_GATES: readonly Gate[] = [
  {
    id: 'beats-baseline',
    kind: 'beats-baseline',
    says: 'Better than a model that knows nothing of the row.',
  },
  {
    id: 'champion',
    kind: 'not-worse-than-champion',
    tolerance: 0.005,
    significantTolerance: 0.001,
    says: 'Not worse than the model that answers today, on the same rows.',
  },
  {
    id: 'calibration',
    kind: 'max-calibration-error',
    value: 0.15,
    shareOfBaseRate: 0.5,
    minRows: 500,
    says: 'Probabilities mean what they say.',
  },
];

/** The gates of a forecast. */
export const FORECAST_GATES: readonly Gate[] = [
  {
    id: 'beats-seasonal-naive',
    kind: 'beats-seasonal-naive',
    says: 'Better than the best naive forecast: the last value, or that of one season ago.',
  },
  {
    id: 'champion',
    kind: 'not-worse-than-champion',
    tolerance: 0.05,
    significantTolerance: 0.01,
    says: 'Not worse than the model that answers today, on the same steps.',
  },
];

/** Asked for once the bundle is packed. The difference is of probabilities, or of numbers relative to their size. */
export const PARITY_GATE: Gate = {
  id: 'parity',
  kind: 'parity',
  maxDifference: 1e-5,
  says: 'The exported model answers as the trained one does.',
};

/** Of models that learn from columns of rows. */
export const LEAKAGE_GATE: Gate = {
  id: 'leakage',
  kind: 'leakage',
  says: 'No input tells the target by what it is: a copy, a re-coding, a row number, a value known only afterwards.',
};

/** A closed gate is a verdict, not an exception. */
export function decideGates(evidence: Evidence, gates: readonly Gate[] = DEFAULT_GATES): Verdict {
  const results = gatesAfterGrowth(evidence.report, gates).map((gate) => decideGate(gate, evidence));
  const closed = results.filter((result) => !result.passed);
  const says =
    closed.length === 0 ? `All ${results.length} gates hold.` : closed.map((result) => result.says).join(' ');
  return { passed: closed.length === 0, says, results };
}

function decideGate(gate: Gate, evidence: Evidence): GateResult {
  const dataset = datasetOf(gate, evidence);
  if (dataset === undefined && gate.kind === 'not-worse-than-champion' && gate.minRows !== undefined) {
    const why =
      evidence.report.task === 'forecast'
        ? 'there are no such steps, or there was no time to fit both models without them'
        : 'its held-out rows are too few or have one outcome only';
    const says = `Not compared with the champion on the ${gate.dataset}: ${why}, so the other set decides.`;
    return { id: gate.id, passed: true, observed: null, threshold: -gate.tolerance, says };
  }
  if (dataset === undefined) {
    const set = setOf(gate)!;
    return {
      id: gate.id,
      passed: false,
      observed: null,
      threshold: gate.kind === 'condition' ? gate.condition.value : null,
      says:
        evidence.report.notMeasured?.find((one) => one.set === set)?.says ??
        `The model was not validated on ${set}.`,
      set,
      rows: 0,
    };
  }
  const decide = KINDS[gate.kind] as Decide<Gate['kind']>;
  const { name: set, rows } = dataset;
  return { id: gate.id, set, rows, ...decide(gate, dataset, evidence) };
}

function setOf(gate: Gate): string | undefined {
  return gate.kind === 'condition' ? (gate.condition.set ?? gate.dataset) : gate.dataset;
}

/** The hold-out is the first, whatever it is called. */
function datasetOf(gate: Gate, { report }: Evidence): DatasetReport | undefined {
  const name = setOf(gate);
  return name === undefined || name === HOLD_OUT
    ? report.datasets[0]
    : report.datasets.find((dataset) => dataset.name === name);
}
