import { type FeatureSpec, isText, type TextFeature, type TextVocabulary } from '../../prepare/index.ts';
import type { ColumnTerms } from './explanation.ts';

/** Terms told on each side. */
const TOLD = 12;

type TargetFeature = TextFeature & { of: 'target' };

/**
 * Of each text whose terms the model weighs one by one: those that move its answers most over all rows, which is their
 * weight times the root of the share of texts that have them. Classes are told apart from the mean of all classes.
 */
export function leadingTerms(features: readonly FeatureSpec[], outputs: readonly string[]): ColumnTerms[] {
  const byColumn = new Map<string, TargetFeature[]>();
  for (const spec of features) {
    if (!isText(spec) || spec.of !== 'target') continue;
    byColumn.set(spec.column, [...(byColumn.get(spec.column) ?? []), spec as TargetFeature]);
  }
  return [...byColumn].map(([column, own]) => {
    const { vocabulary } = own[0]!;
    const mean = vocabulary.idf.map((_, t) => sum(own.map(({ weights }) => weights[t]!)) / own.length);
    const isOne = outputs.length === 1;
    return {
      column,
      outputs: own.map(({ weights }, k) => {
        const effect = (t: number) =>
          (weights[t]! - (isOne ? 0 : mean[t]!)) * Math.sqrt(shareOf(vocabulary, t));
        return { output: outputs[k] ?? '', ...extremes(vocabulary, effect) };
      }),
    };
  });
}

function extremes(vocabulary: TextVocabulary, effect: (term: number) => number) {
  const effects = vocabulary.idf.map((_, term) => ({ term, value: effect(term) }));
  const told = (sign: number) =>
    effects
      .filter(({ value }) => sign * value > 0)
      .sort((a, b) => sign * (b.value - a.value))
      .slice(0, TOLD)
      .map(({ term }) => spelt(vocabulary, term));
  return { raise: told(1), lower: told(-1) };
}

/** About the share of texts with the term, which its rarity was made of. */
function shareOf({ idf }: TextVocabulary, term: number): number {
  return Math.exp(1 - idf[term]!);
}

function spelt({ words, pairs }: TextVocabulary, term: number): string {
  const pair = pairs[term - words.length];
  return pair === undefined ? words[term]! : `${words[pair[0]]} ${words[pair[1]]}`;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
