import type { LinearTerm } from './model.ts';

type NumberTerm = Extract<LinearTerm, { kind: 'number' }>;
type CategoryTerm = Extract<LinearTerm, { kind: 'category' }>;

/** One term for each feature, equal in sum to `terms` plus `base`. */
export function mergeTerms(terms: readonly LinearTerm[]): { base: number[]; terms: LinearTerm[] } {
  const byFeature = new Map<number, LinearTerm[]>();
  for (const term of terms) byFeature.set(term.feature, [...(byFeature.get(term.feature) ?? []), term]);
  const base: number[] = [];
  const merged = [...byFeature.values()].map((same) => {
    if (same.length === 1) return same[0]!;
    if (same[0]!.kind === 'category') return mergeCategories(same as CategoryTerm[]);
    const { term, constant } = mergeNumbers(same as NumberTerm[]);
    constant.forEach((value, k) => {
      base[k] = (base[k] ?? 0) + value;
    });
    return term;
  });
  return { base, terms: merged };
}

/**
 * Sum of w_i (x - c_i) / s_i as W (x - c) / s with the first term's centre and scale, and a constant. A missing value
 * must not get the constant, so it is taken off `missingWeights`.
 */
function mergeNumbers(terms: NumberTerm[]): { term: NumberTerm; constant: number[] } {
  const [{ feature, center, scale }] = terms as [NumberTerm];
  const weights = sumOver(terms, (term, k) => (term.weights[k]! * scale) / term.scale);
  const constant = sumOver(terms, (term, k) => (term.weights[k]! * (center - term.center)) / term.scale);
  const missingWeights = sumOver(terms, (term, k) => term.missingWeights[k]!).map(
    (sum, k) => sum - constant[k]!,
  );
  return { term: { kind: 'number', feature, center, scale, weights, missingWeights }, constant };
}

function mergeCategories(terms: CategoryTerm[]): CategoryTerm {
  const [first] = terms as [CategoryTerm];
  const weights = first.weights.map((_, code) => sumOver(terms, (term, k) => term.weights[code]![k]!));
  const missingWeights = sumOver(terms, (term, k) => term.missingWeights[k]!);
  return { kind: 'category', feature: first.feature, weights, missingWeights };
}

function sumOver<Term extends LinearTerm>(
  terms: Term[],
  of: (term: Term, output: number) => number,
): number[] {
  return terms[0]!.missingWeights.map((_, k) => terms.reduce((sum, term) => sum + of(term, k), 0));
}
