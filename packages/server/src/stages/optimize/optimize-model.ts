import { type Clock, systemClock } from '../../kernel/index.ts';
import { type AdditiveModel, PRIMARY_METRIC } from '../train/index.ts';
import { measureVariant } from './measure-variant.ts';
import type { Optimization, OptimizeRequest, QualityLimit, ValidationRows, VariantMeasure } from './model.ts';
import { dropIdleParts } from './passes/drop-idle-parts.ts';
import { dropParts } from './passes/drop-parts.ts';
import { pruneSplits } from './passes/prune-splits.ts';
import { trimRounds } from './passes/trim-rounds.ts';
import { type IsSpent, isWithin, limitFrom } from './quality.ts';

const DEFAULT_MAX_LOSS = 0.001;

/** What is judged by: `full` is the limit, `half` and `quarter` spend that much of the loss it allows. */
type Limits = Record<'full' | 'half' | 'quarter', QualityLimit>;

type Variant = {
  id: string;
  /** Ends with what it has once the time is spent. */
  make(model: AdditiveModel, validation: ValidationRows, limits: Limits, isSpent: IsSpent): AdditiveModel;
};

/** What is tried, from the trained model each. */
const VARIANTS: readonly Variant[] = [
  { id: 'without idle parts', make: (model) => model },
  { id: 'fewer rounds', make: (model, rows, { full }, isSpent) => trimRounds(model, rows, full, isSpent) },
  { id: 'fewer parts', make: (model, rows, { full }, isSpent) => dropParts(model, rows, full, isSpent) },
  { id: 'fewer splits', make: (model, rows, { full }, isSpent) => pruneSplits(model, rows, full, isSpent) },
  {
    id: 'fewer rounds and splits',
    make: (model, rows, { full, half, quarter }, isSpent) => {
      const fewer = trimRounds(dropParts(model, rows, quarter, isSpent), rows, half, isSpent);
      return pruneSplits(fewer, rows, full, isSpent);
    },
  },
];

/**
 * Makes the model lighter as far as its quality on validation rows allows: rounds and splits that do not help are
 * taken out, and everything without effect. Each variant is compiled and run, and the lightest is chosen whose
 * quality stays within the limit of the trained model's; that may be the trained model itself. Where there is a limit of time,
 * variants are tried while the next can be measured within it.
 */
export function optimizeModel(request: OptimizeRequest, clock: Clock = systemClock): Optimization {
  const { model: trained, validation, maxLoss = DEFAULT_MAX_LOSS } = request;
  const judge = {
    metric: request.metric ?? PRIMARY_METRIC[request.task],
    threshold: request.threshold ?? 0.5,
  };
  const { time } = request;
  const begun = clock.monotonic();
  const before = measureVariant('as trained', trained, validation, judge, clock, time);
  const measuringSeconds = (clock.monotonic() - begun) / 1000;
  const isSpent = () => time !== undefined && time.left() <= measuringSeconds;
  const limits = {
    full: limitFrom(judge, before.quality.value, maxLoss),
    half: limitFrom(judge, before.quality.value, maxLoss / 2),
    quarter: limitFrom(judge, before.quality.value, maxLoss / 4),
  };
  const fitting = VARIANTS.filter(({ id }) => id !== 'fewer parts' || trained.parts.length > 0);
  const variants: MeasuredVariant[] = [];
  const untried: string[] = [];
  for (const { id, make } of fitting) {
    if (isSpent()) {
      untried.push(id);
      continue;
    }
    const model = dropIdleParts(make(trained, validation, limits, isSpent));
    if (isSpent()) untried.push(id);
    variants.push({ model, measure: measureVariant(id, model, validation, judge, clock, time) });
  }
  const accepted = variants.filter(({ measure }) => isWithin(limits.full, measure.quality.value));
  const chosen = lightest([{ model: trained, measure: before }, ...accepted]);
  return {
    model: chosen.model,
    table: [before, ...variants.map(({ measure }) => measure)],
    chosen: chosen.measure.variant,
    ...(untried.length > 0 && { untried }),
    says: `${says(before, chosen.measure, validation.features.rows)}${saysUntried(untried)}`,
  };
}

type MeasuredVariant = { model: AdditiveModel; measure: VariantMeasure };

/** Of equally light ones the first, which is the least changed. */
function lightest(variants: readonly MeasuredVariant[]): MeasuredVariant {
  return variants.reduce((best, one) => (one.measure.bytes < best.measure.bytes ? one : best));
}

function says(trained: VariantMeasure, chosen: VariantMeasure, rows: number): string {
  if (chosen === trained)
    return 'The model stays as trained: nothing could be taken out within the quality limit.';
  const { metric, value } = chosen.quality;
  return (
    `Kept ${saysKept(trained, chosen)}; ${metric} ${trained.quality.value.toPrecision(5)} before and ` +
    `${value.toPrecision(5)} after, on ${count(rows)} validation rows.`
  );
}

/** Of what there was; a linear model is told by its bytes. */
function saysKept(trained: VariantMeasure, chosen: VariantMeasure): string {
  const kinds = [
    ['trees', chosen.trees, trained.trees],
    ['leaves', chosen.leaves, trained.leaves],
    [trained.trees > 0 ? 'other parts' : 'parts', chosen.parts, trained.parts],
  ] as const;
  const told = kinds.filter(([, , before]) => before > 0);
  if (told.length === 0) return `${count(chosen.bytes)} of ${count(trained.bytes)} bytes`;
  return told.map(([kind, after, before]) => `${count(after)} of ${count(before)} ${kind}`).join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function saysUntried(untried: readonly string[]): string {
  if (untried.length === 0) return '';
  return ` The time for it was spent, so these variants were not tried, or not to the end: ${untried.join(', ')}.`;
}
