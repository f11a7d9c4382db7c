import type { DatasetReport, Evidence, Gate, GateResult, Verdict } from '../model.ts';
import { beatsBaseline } from './beats-baseline.ts';
import { beatsSeasonalNaive } from './beats-seasonal-naive.ts';
import type { Decide } from './decide.ts';
import { gatesAfterGrowth } from './gates-after-growth.ts';
import { inputShift } from './input-shift.ts';
import { labelShift } from './label-shift.ts';
import { labelSignal } from './label-signal.ts';
import { maxCalibrationError } from './max-calibration-error.ts';
import { maxMetric, minMetric } from './metric-bounds.ts';
import { notWorseThanChampion } from './not-worse-than-champion.ts';
import { parity } from './parity.ts';

/** Every kind of gate there is. */
const KINDS: { [Kind in Gate['kind']]: Decide<Kind> } = {
  'beats-baseline': beatsBaseline,
  'beats-seasonal-naive': beatsSeasonalNaive,
  'not-worse-than-champion': notWorseThanChampion,
  'min-metric': minMetric,
  'max-metric': maxMetric,
  'max-calibration-error': maxCalibrationError,
  parity,
  'label-shift': labelShift,
  'input-shift': inputShift,
  'label-signal': labelSignal,
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
    const says = `Not compared with the champion on the ${gate.dataset}: its held-out rows are too few or have one outcome only, so the other set decides.`;
    return { id: gate.id, passed: true, observed: null, threshold: -gate.tolerance, says };
  }
  if (dataset === undefined) {
    return {
      id: gate.id,
      passed: false,
      observed: null,
      threshold: null,
      says: 'The dataset it asks for was not validated.',
    };
  }
  const decide = KINDS[gate.kind] as Decide<Gate['kind']>;
  return { id: gate.id, ...decide(gate, dataset, evidence) };
}

function datasetOf(gate: Gate, { report }: Evidence): DatasetReport | undefined {
  const { dataset: name } = gate;
  return name === undefined ? report.datasets[0] : report.datasets.find((dataset) => dataset.name === name);
}
