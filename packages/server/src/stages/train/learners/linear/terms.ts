import type { AdditiveModel, LinearTerm } from '../../model.ts';
import { type Design, type DesignBlock, type DesignMatrix, marginsOf, TERM_SCALE } from './design.ts';

/** Coefficients as terms of an additive model, in the unit of the target. */
export function linearTerms(
  design: Design,
  outputs: number,
  coefficients: Float64Array,
  target: { center: number; scale: number },
): { base: number[]; terms: LinearTerm[] } {
  const weightsAt = (column: number) =>
    Array.from({ length: outputs }, (_, k) => coefficients[k * design.width + column]! * target.scale);
  const base = weightsAt(0).map((intercept) => intercept + target.center);
  return { base, terms: design.blocks.map((block) => termOf(block, weightsAt)) };
}

/** Coefficients of terms as what each unit of their values adds, in the unit of the target. */
export function termWeights(
  design: Design,
  outputs: number,
  coefficients: Float64Array,
  targetScale: number,
): Pick<AdditiveModel, 'terms'> {
  if (design.texts.length === 0) return {};
  const terms = design.texts.map(({ text, first, width }) => {
    const weights = Array.from({ length: outputs }, (_, k) => {
      const from = k * design.width + first;
      return coefficients.slice(from, from + width).map((one) => one * TERM_SCALE * targetScale);
    });
    return { text, weights };
  });
  return { terms };
}

function termOf(block: DesignBlock, weightsAt: (column: number) => number[]): LinearTerm {
  const { feature, first } = block;
  if (block.kind === 'number') {
    const { center, scale } = block;
    const weights = weightsAt(first);
    return { kind: 'number', feature, center, scale, weights, missingWeights: weightsAt(first + 1) };
  }
  const weights = Array.from({ length: block.levels }, (_, code) => weightsAt(first + code));
  return { kind: 'category', feature, weights, missingWeights: weightsAt(first + block.levels) };
}

/** Of each feature: the standard deviation of what its term adds, summed over the outputs. */
export function linearImportance(
  design: Design,
  matrix: DesignMatrix,
  outputs: number,
  coefficients: Float64Array,
  features: number,
): Float64Array {
  const importance = new Float64Array(features);
  const added = new Float64Array(matrix.rows);
  design.blocks.forEach((block, b) => {
    const alone: Design = { width: design.width, blocks: [block], texts: [] };
    for (let k = 0; k < outputs; k++) {
      const from = k * design.width;
      marginsOf(
        alone,
        { rows: matrix.rows, columns: [matrix.columns[b]!], texts: [] },
        coefficients,
        from,
        added,
      );
      importance[block.feature]! += standardDeviation(added);
    }
  });
  return importance;
}

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length));
}
