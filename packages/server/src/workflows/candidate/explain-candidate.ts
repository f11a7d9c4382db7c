import type { TimeAllowance } from '../../kernel/index.ts';
import { compileFlat, predictFlatRows } from '../../stages/optimize/index.ts';
import { encodeFeatures, type FeatureMatrix, type Preparation } from '../../stages/prepare/index.ts';
import type { AdditiveModel } from '../../stages/train/index.ts';
import { explainModel, type ModelExplanation } from '../../stages/validate/index.ts';
import type { PreparedRows } from './prepare-rows.ts';

const REFERENCE_ROWS = 64;

/** Some training rows as the model sees them, evenly over the table: what explanations compare with. */
export function referenceRows({ train }: PreparedRows, preparation: Preparation): FeatureMatrix {
  const { rows } = train.table;
  const count = Math.min(rows, REFERENCE_ROWS);
  const chosen = Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
  return encodeFeatures(preparation, train.table, chosen);
}

/** What the model that was measured relies on in the rows that were held out of it. */
export function explainCandidate(
  prepared: PreparedRows,
  { preparation, model }: { preparation: Preparation; model: AdditiveModel },
  { seed, time }: { seed: number; time: TimeAllowance },
): ModelExplanation {
  const { holdout } = prepared;
  const reference = referenceRows(prepared, preparation);
  const flat = compileFlat(model);
  return explainModel({
    preparation,
    model,
    table: holdout.table,
    target: holdout.target,
    reference,
    predict: (features) => predictFlatRows(flat, features),
    seed,
    time,
  });
}
