import type { DatePart, DroppedColumn, FeatureSpec, LeakageSuspicion, Preparation } from './model.ts';
import { isRescaled } from './rescaling.ts';
import { byVocabulary } from './text/index.ts';

/** The automatic preparation as steps in words, in the order they are done, for people to review. */
export function describePreparation(preparation: Preparation): string[] {
  return [
    targetStep(preparation),
    ...droppedSteps(preparation.dropped),
    ...dateSteps(preparation.features),
    ...categorySteps(preparation.features),
    ...textSteps(preparation.features),
    ...numberSteps(preparation),
    ...rescalingSteps(preparation.features),
    ...missingSteps(preparation),
    ...preparation.leakage.map(leakageStep),
  ];
}

/** Structural evidence keeps a model from being deployed unless it is allowed; predictive strength is a warning. */
function leakageStep({ says, evidence, allowed }: LeakageSuspicion): string {
  if (evidence === undefined) return `Leakage suspected: ${says}`;
  return allowed ? `Leakage, allowed: ${says}` : `Leakage: ${says}`;
}

function targetStep({ task, target, classes }: Preparation): string {
  if (task === 'regression' || task === 'forecast') return `Predict the number ${target}.`;
  if (task === 'binary') return `Predict ${target}: ${classes[1]} against ${classes[0]}.`;
  return `Predict ${target}: one of ${classes.length} classes.`;
}

function droppedSteps(dropped: readonly DroppedColumn[]): string[] {
  return dropped.map(({ name, says }) => `Leave out ${name}: ${says}`);
}

const PART_WORDS: Record<DatePart, string> = {
  year: 'year',
  month: 'month',
  dayOfMonth: 'day of the month',
  weekday: 'weekday',
  hour: 'hour',
  minute: 'minute',
  dayOfYear: 'day of the year',
  elapsedDays: 'days since 1970',
};

function dateSteps(features: readonly FeatureSpec[]): string[] {
  const parts = new Map<string, string[]>();
  for (const spec of features) {
    if (spec.kind === 'date-part')
      parts.set(spec.column, [...(parts.get(spec.column) ?? []), PART_WORDS[spec.part]]);
  }
  return [...parts].map(([column, words]) => `Take ${column} apart, in UTC: ${words.join(', ')}.`);
}

function categorySteps(features: readonly FeatureSpec[]): string[] {
  return features.flatMap((spec) =>
    spec.kind === 'category'
      ? [
          `Keep ${spec.levels.length} values of ${spec.column} as categories; rare and unknown ones share one more.`,
        ]
      : [],
  );
}

function textSteps(features: readonly FeatureSpec[]): string[] {
  return byVocabulary(features).map(({ features: own }) => {
    const { column, vocabulary } = own[0]!;
    const topics = own.filter(({ of }) => of === 'topic').length;
    return `Read ${column} as text: ${vocabulary.words.length} words and ${vocabulary.pairs.length} pairs of words, weighed by rarity; number of words, ${topics} topics.`;
  });
}

function numberSteps({ features, inputs }: Preparation): string[] {
  const types = new Map(inputs.map(({ name, type }) => [name, type]));
  const numbers = features.filter((spec) => spec.kind === 'number');
  const booleans = numbers
    .filter(({ column }) => types.get(column) === 'boolean')
    .map(({ column }) => column);
  const steps =
    numbers.length > booleans.length
      ? [`Take ${numbers.length - booleans.length} number columns as they are.`]
      : [];
  return booleans.length > 0 ? [...steps, `Take booleans as 0 and 1: ${booleans.join(', ')}.`] : steps;
}

function rescalingSteps(features: readonly FeatureSpec[]): string[] {
  return features.flatMap((spec) => {
    if ((spec.kind !== 'number' && spec.kind !== 'date-part') || !isRescaled(spec)) return [];
    const { center, scale } = spec;
    const scaled = scale === undefined ? spec.name : `${spec.name} × ${scale}`;
    const taken = center === undefined ? scaled : `${scaled} - ${center}`;
    return [
      `Take ${taken} for ${spec.name}, in double precision: rounded to single precision, its values would merge.`,
    ];
  });
}

function missingSteps({ inputs }: Preparation): string[] {
  const nullable = inputs.filter((input) => input.nullable).map(({ name }) => name);
  return nullable.length > 0
    ? [`Pass missing values on to the model as such, in: ${nullable.join(', ')}.`]
    : [];
}
