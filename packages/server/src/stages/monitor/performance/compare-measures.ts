import type { Interval } from '../../validate/index.ts';
import type { MeasuredPerformance } from '../model.ts';
import type { MonitorOptions } from '../options.ts';
import type { MonitoredModel } from '../ports.ts';
import { normalQuantile } from '../probability/index.ts';
import { type JudgedRows, MEASURES, type Measure } from './measures.ts';

const Z95 = 1.959964;

type Model = Pick<MonitoredModel, 'task' | 'threshold' | 'costMatrix' | 'heldOut' | 'holdout'>;
type Options = Pick<MonitorOptions, 'alpha' | 'qualityTolerance' | 'errorTolerance' | 'seed'>;

/**
 * Every deciding measure on labelled predictions beside the hold-out's. A measure is degraded when it is worse by more
 * than its tolerance and by more than the intervals of both explain. The intervals are widened so that the chance that any of
 * the measures is called degraded without cause stays alpha (Bonferroni).
 */
export function compareMeasures(model: Model, rows: JudgedRows, options: Options): MeasuredPerformance[] {
  const pairs = MEASURES[model.task].map((measure) => ({
    measure,
    live: measure.of(rows, options.seed),
    reference: referenceOf(model, measure, options.seed),
  }));
  const compared = pairs.filter(({ live, reference }) => live !== null && reference !== null).length;
  const widening = normalQuantile(1 - options.alpha / Math.max(1, compared)) / Z95;
  return pairs.map(({ measure, live, reference }) => {
    const tolerance = reference === null ? null : measure.tolerance(reference.value, options);
    const allowed =
      live === null || reference === null || tolerance === null
        ? null
        : Math.max(tolerance, widening * explained(measure, live, reference));
    const worse = worsening(measure, live, reference);
    const { id, name, better } = measure;
    const degraded = worse !== null && allowed !== null && worse > allowed;
    return { id, name, better, value: live, holdout: reference, tolerance, allowed, degraded };
  });
}

/** Of the rows that the bundle keeps; of the headline metric as validation reported it where it keeps none. */
function referenceOf(
  { task, threshold, costMatrix, heldOut, holdout }: Model,
  measure: Measure,
  seed: number,
) {
  if (heldOut != null) return measure.of({ ...heldOut, threshold, costMatrix }, seed);
  const isHeadline = measure.id === (task === 'binary' ? 'roc-auc' : 'accuracy') && task !== 'regression';
  return isHeadline ? holdout : null;
}

function worsening({ better }: Measure, live: Interval | null, reference: Interval | null): number | null {
  if (live === null || reference === null) return null;
  return better === 'higher' ? reference.value - live.value : live.value - reference.value;
}

/** How far chance alone moves the difference, at 95 %. */
function explained({ better }: Measure, live: Interval, reference: Interval): number {
  return better === 'higher'
    ? Math.hypot(live.high - live.value, reference.value - reference.low)
    : Math.hypot(live.value - live.low, reference.high - reference.value);
}
