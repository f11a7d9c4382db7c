import { type Clock, systemClock } from '../../kernel/index.ts';
import { type AdditiveModel, PRIMARY_METRIC } from '../train/index.ts';
import { measureVariant } from './measure-variant.ts';
import type { Optimization, OptimizeRequest, QualityLimit, ValidationRows, VariantMeasure } from './model.ts';
import { dropIdleParts } from './passes/drop-idle-parts.ts';
import { dropParts } from './passes/drop-parts.ts';
import { pruneSplits } from './passes/prune-splits.ts';
import { trimRounds } from './passes/trim-rounds.ts';
import { isWithin, limitFrom } from './quality.ts';

const DEFAULT_MAX_LOSS = 0.001;

/** What is judged by: `full` is the limit, `half` and `quarter` spend that much of the loss it allows. */
type Limits = Record<'full' | 'half' | 'quarter', QualityLimit>;

type Variant = {
  id: string;
  make(model: AdditiveModel, validation: ValidationRows, limits: Limits): AdditiveModel;
};

/** What is tried, from the trained model each. */
const VARIANTS: readonly Variant[] = [
  { id: 'without idle parts', make: (model) => model },
  { id: 'fewer rounds', make: (model, rows, { full }) => trimRounds(model, rows, full) },
  { id: 'fewer parts', make: (model, rows, { full }) => dropParts(model, rows, full) },
  { id: 'fewer splits', make: (model, rows, { full }) => pruneSplits(model, rows, full) },
  {
    id: 'fewer rounds and splits',
    make: (model, rows, { full, half, quarter }) =>
      pruneSplits(trimRounds(dropParts(model, rows, quarter), rows, half), rows, full),
  },
];

/**
 * Makes the model lighter as far as its quality on validation rows allows: rounds and splits that do not help are
 * taken out, and everything without effect. Each variant is compiled and run, and the lightest is chosen whose
 * quality stays within the limit of the trained model's; that may be the trained model itself.
 */
export function optimizeModel(request: OptimizeRequest, clock: Clock = systemClock): Optimization {
  const { model: trained, validation, maxLoss = DEFAULT_MAX_LOSS } = request;
  const judge = {
    metric: request.metric ?? PRIMARY_METRIC[request.task],
    threshold: request.threshold ?? 0.5,
  };
  const before = measureVariant('as trained', trained, validation, judge, clock);
  const limits = {
    full: limitFrom(judge, before.quality.value, maxLoss),
    half: limitFrom(judge, before.quality.value, maxLoss / 2),
    quarter: limitFrom(judge, before.quality.value, maxLoss / 4),
  };
  const fitting = VARIANTS.filter(({ id }) => id !== 'fewer parts' || trained.parts.length > 0);
  const variants = fitting.map(({ id, make }) => {
    const model = dropIdleParts(make(trained, validation, limits));
    return { model, measure: measureVariant(id, model, validation, judge, clock) };
  });
  const accepted = variants.filter(({ measure }) => isWithin(limits.full, measure.quality.value));
  const chosen = lightest([{ model: trained, measure: before }, ...accepted]);
  return {
    model: chosen.model,
    table: [before, ...variants.map(({ measure }) => measure)],
    chosen: chosen.measure.variant,
    says: says(before, chosen.measure, validation.features.rows),
  };
}

type MeasuredVariant = { model: AdditiveModel; measure: VariantMeasure };

/** Of equally light ones the first, which is the least changed. */
function lightest(variants: readonly MeasuredVariant[]): MeasuredVariant {
  return variants.reduce((best, one) => (one.measure.bytes < best.measure.bytes ? one : best));
}

function says(trained: VariantMeasure, chosen: VariantMeasure, rows: number): string {
  const count = (value: number) => value.toLocaleString('en-US');
  if (chosen === trained)
    return 'The model stays as trained: nothing could be taken out within the quality limit.';
  const { metric, value } = chosen.quality;
  return (
    `Kept ${count(chosen.trees)} of ${count(trained.trees)} trees and ${count(chosen.leaves)} of ` +
    `${count(trained.leaves)} leaves${saysParts(trained.parts, chosen.parts)}; ${metric} ${trained.quality.value.toPrecision(5)} before and ` +
    `${value.toPrecision(5)} after, on ${count(rows)} validation rows.`
  );
}

function saysParts(before: number, after: number): string {
  return before === 0 ? '' : `, and ${after} of ${before} other parts`;
}
