import type { DenseInputs, Forest, Neighbours, Network, Part } from '../model.ts';

/** The part with all that its answers are computed from rounded to float32. */
export function roundPart(part: Part): Part {
  const rounded = ROUND[part.kind] as (part: Part) => Part;
  return { ...rounded(part), weight: Math.fround(part.weight) };
}

const ROUND: { [K in Part['kind']]: (part: Extract<Part, { kind: K }>) => Forest | Network | Neighbours } = {
  forest: (part) => ({
    ...part,
    floor: Math.fround(part.floor),
    trees: part.trees.map((tree) => ({ ...tree, says: tree.says.map((says) => says && round(says)) })),
  }),
  network: (part) => ({
    ...part,
    inputs: roundInputs(part.inputs),
    layers: part.layers.map((layer) => ({
      ...layer,
      weights: round(layer.weights),
      bias: round(layer.bias),
    })),
  }),
  neighbours: (part) => ({
    ...part,
    inputs: roundInputs(part.inputs),
    points: round(part.points),
    says: round(part.says),
    prior: round(part.prior),
    floor: Math.fround(part.floor),
  }),
};

function roundInputs({ numbers, categories }: DenseInputs): DenseInputs {
  return {
    numbers: numbers.map((number) => ({
      ...number,
      center: Math.fround(number.center),
      scale: Math.fround(number.scale),
    })),
    categories: categories.map((category) => ({ ...category, rows: category.rows.map(round) })),
  };
}

function round(values: readonly number[]): number[] {
  return values.map(Math.fround);
}
