import type { AdditiveModel } from '../../train/index.ts';
import { compileFlat } from '../flat/compile-flat.ts';
import { scoreFlatRows } from '../flat/score-flat.ts';
import type { QualityLimit, ValidationRows } from '../model.ts';
import { isWithin, neverSpent, qualityOfScores } from '../quality.ts';

/** Numbers of rounds that are tried, at most: the metric is computed once for each. */
const CHECKPOINTS = 64;

/**
 * Keeps the fewest first rounds (one tree for each output) whose quality is within the limit. Scores are summed up round by round, so that all prefixes together cost one pass over the trees. Once the time is spent all rounds stay.
 */
export function trimRounds(
  model: AdditiveModel,
  validation: ValidationRows,
  limit: QualityLimit,
  isSpent = neverSpent,
): AdditiveModel {
  const scores = new Float64Array(validation.features.rows * model.outputs);
  const part = new Float64Array(scores.length);
  const prefixes = prefixLengths(model);
  let from = 0;
  for (const length of prefixes) {
    if (isSpent()) return model;
    scoreFlatRows(compileFlat(chunk(model, from, length)), validation.features, part);
    for (let i = 0; i < scores.length; i++) scores[i]! += part[i]!;
    if (isWithin(limit, qualityOfScores(model, scores, validation, limit)))
      return { ...model, trees: model.trees.slice(0, length) };
    from = length;
  }
  return model;
}

/** Ascending numbers of trees, whole rounds each, the last being all. */
function prefixLengths(model: AdditiveModel): number[] {
  const rounds = Math.ceil(model.trees.length / model.outputs);
  const steps = Math.min(rounds, CHECKPOINTS);
  return Array.from({ length: steps }, (_, index) =>
    Math.min(model.trees.length, Math.ceil(((index + 1) * rounds) / steps) * model.outputs),
  );
}

/** Trees `from … to - 1`; the first chunk brings base and linear terms. */
function chunk(model: AdditiveModel, from: number, to: number): AdditiveModel {
  const trees = model.trees.slice(from, to);
  return from === 0
    ? { ...model, trees }
    : { ...model, base: model.base.map(() => 0), trees, linear: [], parts: [] };
}
