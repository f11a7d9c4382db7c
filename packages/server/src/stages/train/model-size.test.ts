import { expect, test } from 'vitest';
import { randomModel } from '../../testing/random-model.ts';
import { sizeInLeaves } from './model-size.ts';

const SHAPE = {
  seed: 4,
  levels: [0, 0, 3],
  depth: 3,
  link: 'identity' as const,
  outputs: 1,
  linearTerms: true,
};

test('a model weighs what its leaves, weights and remembered numbers do, each as it costs', () => {
  const model = randomModel({ ...SHAPE, trees: 4, parts: ['forest', 'network', 'neighbours'] });
  const leaves = (feature: readonly number[]) => feature.filter((f) => f < 0).length;
  const ofTrees = model.trees.reduce((sum, tree) => sum + leaves(tree.feature), 0);
  expect(sizeInLeaves({ trees: model.trees, parts: [] })).toBe(ofTrees);
  const [forest, network, neighbours] = model.parts as [
    Extract<(typeof model.parts)[number], { kind: 'forest' }>,
    Extract<(typeof model.parts)[number], { kind: 'network' }>,
    Extract<(typeof model.parts)[number], { kind: 'neighbours' }>,
  ];
  const ofForest = forest.trees.reduce((sum, tree) => sum + leaves(tree.feature), 0);
  const weights = network.layers.reduce((sum, layer) => sum + layer.weights.length, 0);
  expect(sizeInLeaves(model)).toBe(ofTrees + ofForest + weights / 4 + neighbours.points.length / 2);
});
