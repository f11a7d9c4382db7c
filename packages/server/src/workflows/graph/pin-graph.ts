import type { GraphNode } from '@slipway/contract';

/** What was decided of a graph, by the place in the spec. */
export type Decided = {
  /** MODEL@VERSION of nodes with a model. */
  versions: ReadonlyMap<string, string>;
  /** Thresholds of ensembles that were not declared. */
  thresholds: ReadonlyMap<string, number>;
};

/** The same graph with what was decided written into it, so that it means the same for ever. */
export function pinned(node: GraphNode, decided: Decided, at = 'graph'): GraphNode {
  const below = (child: GraphNode, field: string) => pinned(child, decided, `${at}.${field}`);
  const {
    name,
    when,
    weight,
    model,
    columns,
    features,
    sequence,
    ensemble,
    switch: branches,
    ...rest
  } = node;
  const threshold = decided.thresholds.get(at);
  // In the order in which people write them: the spec is printed so.
  return {
    name,
    ...(when && { when }),
    ...(weight !== undefined && { weight }),
    ...(model !== undefined && { model: decided.versions.get(at) ?? model }),
    ...(columns && { columns }),
    ...(features && { features }),
    ...(sequence && { sequence: sequence.map((step, i) => below(step, `sequence[${i}]`)) }),
    ...(ensemble && {
      ensemble: {
        ...ensemble,
        members: ensemble.members.map((member, i) => below(member, `ensemble.members[${i}]`)),
        ...(ensemble.final && { final: below(ensemble.final, 'ensemble.final') }),
        ...(threshold !== undefined && { threshold }),
      },
    }),
    ...(branches && {
      switch: {
        cases: branches.cases.map((each, i) => below(each, `switch.cases[${i}]`)),
        default: below(branches.default, 'switch.default'),
      },
    }),
    ...rest,
  };
}
