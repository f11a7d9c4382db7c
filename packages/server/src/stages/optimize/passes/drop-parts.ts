import { type AdditiveModel, type Part, sizeInLeaves } from '../../train/index.ts';
import { compileFlat } from '../flat/compile-flat.ts';
import { scoreFlatRows } from '../flat/score-flat.ts';
import type { QualityLimit, ValidationRows } from '../model.ts';
import { isWithin, neverSpent, qualityOfScores } from '../quality.ts';

/**
 * Leaves out parts that the quality limit can do without, the costliest first. What a part says on average stays, in the
 * base. Once the time is spent the other parts stay.
 */
export function dropParts(
  model: AdditiveModel,
  validation: ValidationRows,
  limit: QualityLimit,
  isSpent = neverSpent,
): AdditiveModel {
  const costliestFirst = model.parts.toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return costliestFirst.reduce((kept, part) => {
    if (isSpent()) return kept;
    const without = withoutPart(kept, part, validation);
    const scores = scoresOf(without, validation);
    return isWithin(limit, qualityOfScores(without, scores, validation, limit)) ? without : kept;
  }, model);
}

function sizeOf(part: Part): number {
  return sizeInLeaves({ trees: [], parts: [part] });
}

function withoutPart(model: AdditiveModel, part: Part, validation: ValidationRows): AdditiveModel {
  const alone = { ...model, base: model.base.map(() => 0), trees: [], linear: [], parts: [part] };
  const scores = scoresOf(alone, validation);
  const rows = Math.max(1, validation.features.rows);
  const base = model.base.map((value, k) => {
    let sum = 0;
    for (let at = k; at < scores.length; at += model.outputs) sum += scores[at]!;
    return value + sum / rows;
  });
  return { ...model, base, parts: model.parts.filter((other) => other !== part) };
}

function scoresOf(model: AdditiveModel, { features }: ValidationRows): Float64Array {
  const scores = new Float64Array(features.rows * model.outputs);
  scoreFlatRows(compileFlat(model), features, scores);
  return scores;
}
