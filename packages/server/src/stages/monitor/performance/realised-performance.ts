import { isoTime } from '../../../kernel/index.ts';
import { measure } from '../../train/index.ts';
import { HEADLINE_METRIC, type Interval } from '../../validate/index.ts';
import type { MeasuredPerformance, RealisedPerformance, UnknownClasses } from '../model.ts';
import type { MonitorOptions } from '../options.ts';
import type { MonitoredModel } from '../ports.ts';
import { compareMeasures } from './compare-measures.ts';
import { describePerformance, describeUnknown } from './describe-performance.ts';
import { type Labelled, unknownClasses } from './label-join.ts';
import type { LabelledPeriod } from './labelled-period.ts';
import { type JudgedRows, knownOf, r2Of } from './measures.ts';

type Model = Pick<MonitoredModel, 'task' | 'classes' | 'threshold' | 'costMatrix' | 'heldOut' | 'holdout'>;
type Options = Pick<MonitorOptions, 'alpha' | 'minLabels' | 'qualityTolerance' | 'errorTolerance' | 'seed'>;

/**
 * Performance on the predictions whose labels have come in, beside that of the hold-out. Labels that come in may not be a
 * fair sample of all, so the share that is labelled is always reported.
 *
 * @param rows predictions of the drift window, reported where no label is known.
 */
export function realisedPerformance(
  model: Model,
  period: LabelledPeriod,
  rows: number,
  options: Options,
): RealisedPerformance {
  const { labelled, made } = period;
  const count = labelled.target.length;
  const enough = count >= options.minLabels;
  const { threshold, costMatrix } = model;
  const judged: JudgedRows = { ...labelled, threshold, costMatrix };
  const measures = enough ? compareMeasures(model, judged, options) : [];
  const facts = {
    rows: made === null ? rows : period.predictions,
    labelled: count,
    coverage: made === null || period.predictions === 0 ? 0 : count / period.predictions,
    from: made === null ? null : isoTime(made.from),
    to: made === null ? null : isoTime(made.to),
    days: period.days,
    ...delaysOf(labelled),
    unknownLabels: labelled.unreadable + labelled.unknown.filter((value) => value !== null).length,
    unknownClasses: unknownOf(labelled),
    enough,
    metric: HEADLINE_METRIC[model.task],
    ...headline(model, judged, measures, options.seed),
    measures,
    metrics: enough ? metricsOf(model, judged, measures) : {},
    degraded: measures.some(({ degraded }) => degraded),
  };
  return { ...facts, ...describePerformance(facts, options.minLabels) };
}

function headline(
  { task, heldOut, holdout, threshold }: Model,
  judged: JudgedRows,
  measures: readonly MeasuredPerformance[],
  seed: number,
): { primary: Interval | null; holdout: Interval | null } {
  if (measures.length === 0) return { primary: null, holdout };
  if (task === 'regression') {
    const reference = heldOut == null ? holdout : r2Of({ ...heldOut, threshold }, seed);
    return { primary: r2Of(judged, seed), holdout: reference };
  }
  const found = measures.find(({ id }) => id === HEADLINE_METRIC[task]);
  return { primary: found?.value ?? null, holdout: found?.holdout ?? holdout };
}

/** Every metric; those of the confusion matrix and the probabilities are of the classes that the model knows. */
function metricsOf(
  { task, threshold, costMatrix }: Model,
  judged: JudgedRows,
  measures: readonly MeasuredPerformance[],
): Record<string, number> {
  const known = task === 'regression' ? judged : knownOf(judged);
  const metrics = measure(task, known.target, known.predictions, { threshold, costMatrix });
  const accuracy = measures.find(({ id }) => id === 'accuracy')?.value;
  return accuracy == null ? metrics : { ...metrics, accuracy: accuracy.value };
}

function unknownOf(labelled: Labelled): UnknownClasses | null {
  const count = labelled.unknown.filter((value) => value !== null).length;
  if (count === 0) return null;
  const found = { labels: count, share: count / labelled.unknown.length, classes: unknownClasses(labelled) };
  return { ...found, says: describeUnknown(found) };
}

function delaysOf({ delaySeconds }: Labelled): {
  medianDelaySeconds: number | null;
  p90DelaySeconds: number | null;
} {
  const sorted = delaySeconds.toSorted();
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  return { medianDelaySeconds: at(0.5), p90DelaySeconds: at(0.9) };
}
