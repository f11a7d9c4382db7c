import { expect, test } from 'vitest';
import { randomFeatures, randomModel } from '../../../testing/random-model.ts';
import { rawScores } from '../../train/index.ts';
import { compileMarginExplainer } from './margin-explainer.ts';

const LEVELS = [0, 0, 5, 0];

test.each([
  ['trees and terms', []],
  ['a network', ['network']],
  ['a forest and neighbours', ['forest', 'neighbours']],
] as const)('what %s say of a row sums to its margins', (_, parts) => {
  const shape = { seed: 3, levels: LEVELS, trees: 8, depth: 4, outputs: 3, linearTerms: true };
  const model = randomModel({ ...shape, link: 'softmax', parts });
  const reference = finite(randomFeatures(LEVELS, 40, 5));
  const features = finite(randomFeatures(LEVELS, 25, 6));
  const explainer = compileMarginExplainer(model, reference);
  const margins = rawScores(model, features);
  for (let row = 0; row < features.rows; row++) {
    const values = explainer.explain(Float32Array.from(features.columns, (column) => column[row]!));
    for (let k = 0; k < 3; k++) {
      const own = values.slice(k * LEVELS.length, (k + 1) * LEVELS.length);
      const sum = own.reduce((total, value) => total + value, explainer.expected[k]!);
      expect(sum).toBeCloseTo(margins[row * 3 + k]!, 6);
    }
  }
});

test('what is said of a row sums to its margin by what the margins spread, where they are far from zero', () => {
  const shape = { seed: 3, levels: LEVELS, trees: 8, depth: 4, outputs: 1, linearTerms: true };
  const near = randomModel({ ...shape, link: 'identity', parts: ['network', 'forest'] });
  const model = { ...near, base: [1.7e9] };
  const features = finite(randomFeatures(LEVELS, 25, 6));
  const explainer = compileMarginExplainer(model, finite(randomFeatures(LEVELS, 40, 5)));
  const margins = rawScores(model, features);
  for (let row = 0; row < features.rows; row++) {
    const values = explainer.explain(Float32Array.from(features.columns, (column) => column[row]!));
    const sum = values.reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(margins[row]! - explainer.expected[0]!, 5);
  }
});

test('equal rows get equal values, and a feature that nothing reads gets none', () => {
  const shape = { seed: 4, levels: LEVELS, trees: 5, depth: 3, outputs: 1, linearTerms: false };
  const model = randomModel({ ...shape, link: 'logistic', parts: ['network'] });
  const wider = finite(randomFeatures([...LEVELS, 0], 30, 7));
  const explainer = compileMarginExplainer(model, wider);
  const row = Float32Array.from(wider.columns, (column) => column[3]!);
  const first = [...explainer.explain(row)];
  explainer.explain(Float32Array.from(wider.columns, (column) => column[4]!));
  expect([...explainer.explain(row)]).toEqual(first);
  expect(first[LEVELS.length]).toBe(0);
});

/** A linear term of an infinite number is infinite, and infinities have no sum. */
function finite(features: ReturnType<typeof randomFeatures>) {
  const columns = features.columns.map((column) =>
    column.map((value) => (Math.abs(value) > 1e6 ? Math.sign(value) * 5 : value)),
  );
  return { ...features, columns };
}
