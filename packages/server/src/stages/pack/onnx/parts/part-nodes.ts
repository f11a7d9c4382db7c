import type { Part } from '../../../train/index.ts';
import type { FeatureNodes } from '../feature-nodes.ts';
import { doubleTensor } from '../tensors.ts';
import { addForest } from './forest-nodes.ts';
import { addNeighbours } from './neighbour-nodes.ts';
import { addNetwork } from './network-nodes.ts';
import type { PartSite } from './part-site.ts';

/** Each adds the margins of a part before its weight, a double tensor [N, outputs]. */
const ADD: { [K in Part['kind']]: (site: PartSite, part: Extract<Part, { kind: K }>) => string } = {
  forest: addForest,
  network: addNetwork,
  neighbours: addNeighbours,
};

/** Adds the weighted margins of a part; returns a double tensor [N, outputs]. */
export function addPart({ features, ...site }: PartSite, part: Part): string {
  const own: FeatureNodes = {
    specs: part.features.map((feature) => features.specs[feature]!),
    tensor: (place) => features.tensor(part.features[place]!),
  };
  const margins = (ADD[part.kind] as (site: PartSite, part: Part) => string)(
    { ...site, features: own },
    part,
  );
  return site.graph.node('Mul', [margins, site.graph.constant(doubleTensor([part.weight], []))]);
}
