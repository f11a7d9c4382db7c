import { type Clock, systemClock } from '../../kernel/index.ts';
import { type AdditiveModel, PRIMARY_METRIC } from '../train/index.ts';
import { measureVariant } from './measure-variant.ts';
import type { Optimization, OptimizeRequest, QualityLimit, ValidationRows, VariantMeasure } from './model.ts';
import { dropIdleParts } from './passes/drop-idle-parts.ts';
import { pruneSplits } from './passes/prune-splits.ts';
import { trimRounds } from './passes/trim-rounds.ts';
import { isWithin } from './quality.ts';

const DEFAULT_MAX_LOSS = 0.001;

type Variant = {
  id: string;
  make(model: AdditiveModel, validation: ValidationRows, limit: QualityLimit): AdditiveModel;
};

/** What is tried, from the trained model each. */
const VARIANTS: readonly Variant[] = [
  { id: 'without idle parts', make: (model) => dropIdleParts(model) },
  { id: 'fewer rounds', make: (model, ...judge) => dropIdleParts(trimRounds(model, ...judge)) },
  { id: 'fewer splits', make: (model, ...judge) => dropIdleParts(pruneSplits(model, ...judge)) },
  {
    id: 'fewer rounds and splits',
    make: (model, ...judge) => dropIdleParts(pruneSplits(trimRounds(model, ...judge), ...judge)),
  },
];

/**
 * Makes the model lighter as far as its quality on validation rows allows: rounds and splits that do not help are
 * taken out, then everything without effect. Each variant is compiled and run, and the lightest is chosen whose
 * quality stays within the limit of the trained model's; that may be the trained model itself.
 */
export function optimizeModel(request: OptimizeRequest, clock: Clock = systemClock): Optimization {
  const { validation } = request;
  const limit = qualityLimit(request);
  const variants = [
    { id: 'as trained', model: request.model },
    ...VARIANTS.map(({ id, make }) => ({ id, model: make(request.model, validation, limit) })),
  ];
  const table = variants.map(({ id, model }) => measureVariant(id, model, validation, limit, clock));
  const trained = table[0]!;
  const best = lightest(table.filter(({ quality }) => isWithin(limit, trained.quality.value, quality.value)));
  const chosen = best ?? trained;
  const { model } = variants.find(({ id }) => id === chosen.variant)!;
  return { model, table, chosen: chosen.variant, says: says(trained, chosen, validation.features.rows) };
}

function qualityLimit({ task, metric, threshold, maxLoss }: OptimizeRequest): QualityLimit {
  return {
    metric: metric ?? PRIMARY_METRIC[task],
    threshold: threshold ?? 0.5,
    maxLoss: maxLoss ?? DEFAULT_MAX_LOSS,
  };
}

/** Of equally light ones the first, which is the least changed. */
function lightest(table: readonly VariantMeasure[]): VariantMeasure | undefined {
  return table.reduce<VariantMeasure | undefined>(
    (best, one) => (best === undefined || one.bytes < best.bytes ? one : best),
    undefined,
  );
}

function says(trained: VariantMeasure, chosen: VariantMeasure, rows: number): string {
  const count = (value: number) => value.toLocaleString('en-US');
  if (chosen === trained)
    return 'The model stays as trained: nothing could be taken out within the quality limit.';
  const { metric, value } = chosen.quality;
  return (
    `Kept ${count(chosen.trees)} of ${count(trained.trees)} trees and ${count(chosen.leaves)} of ` +
    `${count(trained.leaves)} leaves; ${metric} ${trained.quality.value.toPrecision(5)} before and ` +
    `${value.toPrecision(5)} after, on ${count(rows)} validation rows.`
  );
}
