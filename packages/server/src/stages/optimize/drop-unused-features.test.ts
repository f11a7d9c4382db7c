import { describe, expect, it } from 'vitest';
import { referenceMatrix } from '../../testing/packing.builder.ts';
import { randomModel } from '../../testing/random-model.ts';
import { levelsOf, randomPreparation, randomTable } from '../../testing/random-table.ts';
import { columnsOf, type Preparation } from '../prepare/index.ts';
import { type AdditiveModel, predictAdditive } from '../train/index.ts';
import { columnImportance } from './column-importance.ts';
import { dropUnusedFeatures } from './drop-unused-features.ts';

const preparation = randomPreparation(
  ['number', 'string', 'timestamp', 'number', 'boolean'],
  'regression',
  [],
);

/** A model whose trees read the first two columns only, and a linear term the last. */
function narrowModel(): AdditiveModel {
  const last = preparation.features.length - 1;
  const shape = { seed: 9, levels: levelsOf(preparation).slice(0, 2), trees: 6, depth: 4, outputs: 1 };
  const trees = randomModel({ ...shape, link: 'identity', linearTerms: false });
  const term = {
    kind: 'number' as const,
    feature: last,
    center: 0.5,
    scale: 1,
    weights: [2],
    missingWeights: [1],
  };
  return { ...trees, linear: [term] };
}

describe('dropping unused features', () => {
  it('changes no answer, and asks for the same columns', () => {
    const model = narrowModel();
    const table = randomTable(preparation, 200, 10);
    const slim = dropUnusedFeatures(preparation, model);
    expect(slim.preparation.features.flatMap(columnsOf)).toEqual(['value', 'probability_a', '__proto__']);
    expect(slim.preparation.inputs).toEqual(preparation.inputs);
    expect(predictAdditive(slim.model, referenceMatrix(slim.preparation, table))).toEqual(
      predictAdditive(model, referenceMatrix(preparation, table)),
    );
  });
});

describe('the importance of columns', () => {
  it('sums to one over the columns that the model reads, and is nothing for the others', () => {
    const importance = columnImportance(preparation, narrowModel());
    expect(Object.keys(importance)).toEqual(preparation.inputs.map(({ name }) => name));
    expect(Object.values(importance).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(importance['größe ☃']).toBe(0);
    expect(importance.value).toBeGreaterThan(0);
  });

  it('is larger for the split that moves scores more, by the square', () => {
    const stump = (feature: number, gap: number) => ({
      output: 0,
      feature: [feature, -1, -1],
      threshold: [0, 0, 0],
      categories: [null, null, null],
      left: [1, -1, -1],
      right: [2, -1, -1],
      missingLeft: [0, 0, 0],
      value: [0, -gap, gap],
      cover: [10, 5, 5],
    });
    const last = preparation.features.length - 1;
    const model: AdditiveModel = {
      link: 'identity',
      outputs: 1,
      base: [0],
      trees: [stump(0, 1), stump(last, 3)],
      linear: [],
      parts: [],
    };
    expect(columnImportance(preparation, model)).toMatchObject({ value: 0.1, probability_a: 0 });
  });

  it('counts what is made of two columns half for each', () => {
    const quantity = (column: string) => ({ kind: 'number' as const, name: column, column });
    const made: Preparation = {
      ...preparation,
      features: [
        { kind: 'arithmetic', name: 'ratio', operation: 'ratio', of: [quantity('value'), quantity('x"y')] },
      ],
      inputs: ['value', 'x"y'].map((name) => ({ name, type: 'number', nullable: true })),
    };
    const term = {
      kind: 'number' as const,
      feature: 0,
      center: 0,
      scale: 1,
      weights: [1],
      missingWeights: [0],
    };
    const model = { link: 'identity' as const, outputs: 1, base: [0], trees: [], linear: [term], parts: [] };
    expect(columnImportance(made, model)).toEqual({ value: 0.5, 'x"y': 0.5 });
  });
});
