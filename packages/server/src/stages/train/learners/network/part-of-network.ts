import type { DenseLayer, Network, Part } from '../../model.ts';
import type { Objective } from '../../objectives/index.ts';
import { influenceOf } from '../../parts/influence.ts';
import type { FitContext, LearnerData } from '../learner.ts';
import type { Architecture, EmbeddingPlace, LayerPlace } from './architecture.ts';
import type { InputPlan, InputRows } from './inputs.ts';
import type { TargetScale } from './target-scale.ts';

/** What a part is made from beside the weights. */
type Learnt = {
  data: LearnerData;
  context: FitContext;
  objective: Objective;
  outputs: number;
  architecture: Architecture;
  scale: TargetScale;
  train: InputRows;
};

/** The weights as a part: paddings gone, the scale of the target in the last layer. */
export function partOfNetwork(weights: Float32Array, learnt: Learnt, plan: InputPlan): Part {
  const { architecture, outputs, scale, objective, data, context } = learnt;
  const features = [...plan.numbers.map(({ feature }) => feature), ...plan.categories];
  const numbers = plan.numbers.map((number, place) => ({ ...number, feature: place }));
  const categories = architecture.embeddings.map((embedding, c) => ({
    feature: plan.numbers.length + c,
    rows: embeddingRows(weights, embedding, learnt.train.codes[c]!),
  }));
  const width = architecture.numbers + architecture.embeddings.reduce((sum, one) => sum + one.width, 0);
  const last = architecture.layers.length - 1;
  const layers = architecture.layers.map((place, l) => {
    const inputs = l === 0 ? width : place.inputs;
    return l < last
      ? layerOf(weights, place, inputs, place.outputs)
      : scaled(layerOf(weights, place, inputs, outputs), scale);
  });
  const network: Network = { kind: 'network', inputs: { numbers, categories }, layers };
  const part: Part = { ...network, weight: 1, features, influence: features.map(() => 0) };
  return { ...part, influence: influenceOf(part, objective.link, outputs, data.features, context) };
}

function layerOf(weights: Float32Array, place: LayerPlace, inputs: number, outputs: number): DenseLayer {
  const matrix: number[] = [];
  for (let i = 0; i < inputs; i++) {
    const from = place.weights + i * place.outputs;
    for (let k = 0; k < outputs; k++) matrix.push(weights[from + k]!);
  }
  const bias = Array.from(weights.subarray(place.bias, place.bias + outputs));
  return { activation: place.activation, weights: matrix, bias };
}

function scaled(layer: DenseLayer, { center, scale }: TargetScale): DenseLayer {
  return {
    ...layer,
    weights: layer.weights.map((weight) => Math.fround(weight * scale)),
    bias: layer.bias.map((bias) => Math.fround(bias * scale + center)),
  };
}

/** The table of a category. A code that no training row had is still random; it becomes what the others are on average. */
function embeddingRows(
  weights: Float32Array,
  { at, levels, width }: EmbeddingPlace,
  codes: Int32Array,
): number[][] {
  const counts = new Float64Array(levels + 1);
  for (const code of codes) counts[code]! += 1;
  const rowOf = (code: number) => Array.from(weights.subarray(at + code * width, at + (code + 1) * width));
  const mean = Array.from({ length: width }, (_, n) => {
    const sum = counts.reduce((total, count, code) => total + count * weights[at + code * width + n]!, 0);
    return Math.fround(sum / codes.length);
  });
  return Array.from(counts, (count, code) => (count > 0 ? rowOf(code) : mean));
}
