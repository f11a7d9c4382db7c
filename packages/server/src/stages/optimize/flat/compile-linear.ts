import type { LinearTerm } from '../../train/index.ts';
import type { FlatLinear } from './flat-model.ts';

type NumberTerm = Extract<LinearTerm, { kind: 'number' }>;
type CategoryTerm = Extract<LinearTerm, { kind: 'category' }>;

/** The linear terms as parallel tables; the row of weights after a category's last code is for missing. */
export function compileLinear(terms: readonly LinearTerm[], outputs: number): FlatLinear {
  const numbers = terms.filter((term): term is NumberTerm => term.kind === 'number');
  const categories = terms.filter((term): term is CategoryTerm => term.kind === 'category');
  const starts: number[] = [];
  const weights: number[] = [];
  for (const term of categories) {
    starts.push(weights.length);
    for (const row of [...term.weights, term.missingWeights]) weights.push(...row.slice(0, outputs));
  }
  return {
    numberFeature: Int32Array.from(numbers, (term) => term.feature),
    center: Float64Array.from(numbers, (term) => term.center),
    scale: Float64Array.from(numbers, (term) => term.scale),
    numberWeights: Float64Array.from(numbers.flatMap((term) => term.weights)),
    numberMissing: Float64Array.from(numbers.flatMap((term) => term.missingWeights)),
    categoryFeature: Int32Array.from(categories, (term) => term.feature),
    categoryStart: Int32Array.from(starts),
    categoryRows: Int32Array.from(categories, (term) => term.weights.length),
    categoryWeights: Float64Array.from(weights),
  };
}
