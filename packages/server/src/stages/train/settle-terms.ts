import type { TextFeature, TextTerms, TextVocabulary } from '../prepare/index.ts';
import type { AdditiveModel, LinearTerm } from './model.ts';

/**
 * The model with the weights of terms as features: one feature for each output of each text, which sums the terms up in the
 * preparation, and one linear term that takes it. So all that comes after training sees features and linear terms alone.
 *
 * @param terms of the training rows, as the model was given them
 * @param features how many there are: those of texts come behind them
 */
export function settleTerms(
  model: AdditiveModel,
  terms: readonly TextTerms[],
  features: number,
): { model: AdditiveModel; texts: TextFeature[] } {
  const { terms: weights = [], ...plain } = model;
  const texts: TextFeature[] = [];
  const linear: LinearTerm[] = [];
  for (const { text, weights: byOutput } of weights) {
    byOutput.forEach((own, output) => {
      const rounded = Array.from(own, Math.fround);
      const scale = Math.fround(standardDeviation(sums(terms[text]!, rounded))) || 1;
      linear.push(termOf(features + texts.length, output, model.outputs, scale));
      texts.push(featureOf(terms[text]!.vocabulary, rounded, output, model.outputs));
    });
  }
  return { model: { ...plain, linear: [...model.linear, ...linear] }, texts };
}

/** Adds the feature as it is, its scale told so that its share of the model can be judged. */
function termOf(feature: number, output: number, outputs: number, scale: number): LinearTerm {
  const only = Array.from({ length: outputs }, (_, k) => (k === output ? scale : 0));
  const none = new Array<number>(outputs).fill(0);
  return { kind: 'number', feature, center: 0, scale, weights: only, missingWeights: none };
}

function featureOf(
  vocabulary: TextVocabulary,
  weights: number[],
  output: number,
  outputs: number,
): TextFeature {
  const { column } = vocabulary;
  const name = outputs === 1 ? `${column} terms` : `${column} terms ${output + 1}`;
  return { kind: 'text', name, column, of: 'target', weights, vocabulary };
}

function sums({ rows, starts, terms, values }: TextTerms, weights: readonly number[]): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = starts[row]!; i < starts[row + 1]!; i++) sum += weights[terms[i]!]! * values[i]!;
    return sum;
  });
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length));
}
