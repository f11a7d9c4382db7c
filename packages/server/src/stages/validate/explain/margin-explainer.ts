import { seededRandom, shuffle } from '../../../kernel/index.ts';
import type { FeatureMatrix } from '../../prepare/index.ts';
import { type AdditiveModel, type LinearTerm, type Part, rawScores } from '../../train/index.ts';
import { compileTreeShap } from './tree-shap.ts';

/** Says why a row got its margins. Owns scratch space, so an instance serves one thread at a time. */
export type MarginExplainer = {
  /** By output: the margin of a row of which nothing is known. */
  expected: Float64Array;
  /** `[output * features + feature]`: with `expected` they sum to the margins of the row. The same array at every call. */
  explain(row: Float32Array): Float64Array;
};

/** Orders of arrival that are tried for parts that are no trees, half of them the other half backwards. */
const ORDERS = 16;

/**
 * Shapley values of the margins of any model: exact for trees (path-dependent) and linear terms, estimated for the other
 * parts by orders of arrival (Strumbelj and Kononenko 2010), each from a row of `reference`: encoded training rows, one
 * at least when there are linear terms or parts. Equal rows get equal values, and the sum is exact in every case.
 */
export function compileMarginExplainer(model: AdditiveModel, reference: FeatureMatrix): MarginExplainer {
  const features = reference.columns.length;
  const trees = compileTreeShap(model.trees, model.outputs, features);
  const terms = model.linear.map((term) => compileTerm(term, model.outputs, reference));
  const parts = model.parts.map((part) => compilePart(part, model, reference));
  const expected = Float64Array.from(model.base, (base, k) => {
    const means = [...terms, ...parts].map((one) => one.expected[k]!);
    return means.reduce((sum, mean) => sum + mean, base + trees.expected[k]!);
  });
  return {
    expected,
    explain(row) {
      const values = trees.explain(row);
      for (const term of terms) term.add(row, values);
      for (const part of parts) part.add(row, values);
      return values;
    },
  };
}

type Summand = { expected: Float64Array; add(row: Float32Array, values: Float64Array): void };

/** A term of a sum explains itself: what it adds for this row less what it adds on average. */
function compileTerm(term: LinearTerm, outputs: number, reference: FeatureMatrix): Summand {
  const features = reference.columns.length;
  const expected = new Float64Array(outputs);
  for (const x of reference.columns[term.feature]!) {
    for (let k = 0; k < outputs; k++) expected[k]! += termScore(term, x, k) / reference.rows;
  }
  return {
    expected,
    add(row, values) {
      const x = row[term.feature]!;
      for (let k = 0; k < outputs; k++) {
        values[k * features + term.feature]! += termScore(term, x, k) - expected[k]!;
      }
    },
  };
}

function termScore(term: LinearTerm, x: number, output: number): number {
  if (Number.isNaN(x)) return term.missingWeights[output]!;
  if (term.kind === 'category') return term.weights[x]![output]!;
  return (term.weights[output]! * (x - term.center)) / term.scale;
}

function compilePart(part: Part, { link, outputs }: AdditiveModel, reference: FeatureMatrix): Summand {
  const features = reference.columns.length;
  const alone: AdditiveModel = {
    link,
    outputs,
    base: new Array(outputs).fill(0),
    trees: [],
    linear: [],
    parts: [part],
  };
  const orders = ordersOfArrival(part.features);
  const from = orders.map((_, i) => rowOf(reference, Math.floor((i * reference.rows) / ORDERS)));
  const start = rawScores(alone, matrixOf(from, reference.levels));
  const expected = new Float64Array(outputs);
  for (let i = 0; i < start.length; i++) expected[i % outputs]! += start[i]! / ORDERS;
  return {
    expected,
    add(row, values) {
      const steps = orders.flatMap((order, i) => arrivals(order, from[i]!, row));
      const scores = rawScores(alone, matrixOf(steps, reference.levels));
      let step = 0;
      for (const [i, order] of orders.entries()) {
        for (const [place, feature] of order.entries()) {
          for (let k = 0; k < outputs; k++) {
            const before = place === 0 ? start[i * outputs + k]! : scores[(step - 1) * outputs + k]!;
            values[k * features + feature]! += (scores[step * outputs + k]! - before) / ORDERS;
          }
          step++;
        }
      }
    },
  };
}

function ordersOfArrival(features: readonly number[]): number[][] {
  const random = seededRandom(1);
  const forward = Array.from({ length: ORDERS / 2 }, () => shuffle([...features], random));
  return forward.flatMap((order) => [order, [...order].reverse()]);
}

/** The rows on the way from `start` to `row`, one feature after the other. */
function arrivals(order: readonly number[], start: Float32Array, row: Float32Array): Float32Array[] {
  const at = start.slice();
  return order.map((feature) => {
    at[feature] = row[feature]!;
    return at.slice();
  });
}

function rowOf({ columns }: FeatureMatrix, row: number): Float32Array {
  return Float32Array.from(columns, (column) => column[row]!);
}

function matrixOf(rows: readonly Float32Array[], levels: Int32Array): FeatureMatrix {
  const columns = Array.from(levels, (_, feature) => Float32Array.from(rows, (row) => row[feature]!));
  return { rows: rows.length, columns, levels };
}
