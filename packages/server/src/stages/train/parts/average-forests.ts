import type { Forest, Part, PartFrame } from '../model.ts';

export type ForestPart = PartFrame & Forest;

export function isForest(part: Part): part is ForestPart {
  return part.kind === 'forest';
}

/** One forest of as many trees as one of `forests` has, taken from each in turn. All read the same list of features. */
export function averageForests(forests: readonly ForestPart[]): ForestPart {
  const [first] = forests as readonly [ForestPart];
  const size = Math.max(...forests.map(({ trees }) => trees.length));
  const inTurn = Array.from({ length: size }, (_, i) =>
    forests.flatMap(({ trees }) => (trees[i] ? [trees[i]] : [])),
  ).flat();
  const mean = (of: (forest: ForestPart) => number) =>
    forests.reduce((sum, forest) => sum + of(forest), 0) / forests.length;
  return {
    ...first,
    weight: mean(({ weight }) => weight),
    influence: first.influence.map((_, i) => mean(({ influence }) => influence[i]!)),
    trees: inTurn.slice(0, size),
  };
}
