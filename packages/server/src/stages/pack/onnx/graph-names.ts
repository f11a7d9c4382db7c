import type { Preparation } from '../../prepare/index.ts';

/** What the tensors of the graph are called. */
export type GraphNames = {
  /** One for each input column, in the preparation's order. */
  inputs: string[];
  value: string;
  /** One for each class, in the preparation's order; empty for regression. */
  probabilities: string[];
  /** Lower and upper bounds of a forecast's intervals. */
  bounds?: string[];
};

/**
 * Inputs are called as their columns are, whatever characters those hold, since callers feed them by column name;
 * outputs are `value` and `probability_<class>`, with underscores appended where a column has taken the name.
 */
export function graphNames(preparation: Pick<Preparation, 'inputs' | 'classes'>): GraphNames {
  const taken = new Set<string>();
  const claim = (wanted: string) => {
    let name = wanted;
    while (name === '' || taken.has(name)) name += '_';
    taken.add(name);
    return name;
  };
  return {
    inputs: preparation.inputs.map((input) => claim(input.name)),
    value: claim('value'),
    probabilities: preparation.classes.map((name) => claim(`probability_${name}`)),
  };
}
