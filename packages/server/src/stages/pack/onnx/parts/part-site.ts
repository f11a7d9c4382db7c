import type { Link } from '../../../train/index.ts';
import type { FeatureNodes } from '../feature-nodes.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** What a part is added for. `tensor` of `features` takes places in the part's own list. */
export type PartSite = { graph: GraphBuilder; features: FeatureNodes; link: Link; outputs: number };
