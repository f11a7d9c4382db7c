import type { Part } from '../../../train/index.ts';
import { addEnsemble } from '../ensemble-nodes.ts';
import { doubleTensor } from '../tensors.ts';
import { addMarginsOfMeans, meansFor } from './margin-nodes.ts';
import type { PartSite } from './part-site.ts';

/** A forest as one ensemble whose leaves add to every output, divided by the number of trees. */
export function addForest(site: PartSite, part: Extract<Part, { kind: 'forest' }>): string {
  const { graph, link, outputs } = site;
  const trees = part.trees.map((tree) => ({
    splits: tree,
    leaf: (node: number) => withComplement(tree.says[node]!, link === 'logistic').map(entryOf),
  }));
  const places = part.features.map((_, place) => place);
  const sums = addEnsemble(graph, trees, places, meansFor(link, outputs), site.features);
  const means = graph.node('Div', [sums, graph.constant(doubleTensor([part.trees.length], []))]);
  return addMarginsOfMeans(graph, link, part.floor, means, outputs);
}

function withComplement(says: readonly number[], isShare: boolean): readonly number[] {
  return isShare ? [says[0]!, 1 - says[0]!] : says;
}

function entryOf(score: number, target: number): readonly [number, number] {
  return [target, score];
}
