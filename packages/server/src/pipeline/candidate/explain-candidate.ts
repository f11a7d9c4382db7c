import { takeRows } from '../../journey/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../journey/optimize/index.ts';
import { encodeFeatures, type Preparation } from '../../journey/prepare/index.ts';
import type { AdditiveModel } from '../../journey/train/index.ts';
import { explainModel, type ModelExplanation } from '../../journey/validate/index.ts';
import type { PreparedRows } from './prepare-rows.ts';

/** Training rows that explanations compare with. */
const REFERENCE_ROWS = 64;

/** What the model, as it will be packed, relies on in the rows that were held out. */
export function explainCandidate(
  { train, holdout }: PreparedRows,
  preparation: Preparation,
  model: AdditiveModel,
  seed: number,
): ModelExplanation {
  const flat = compileFlat(model);
  const { rows } = train.table;
  const count = Math.min(rows, REFERENCE_ROWS);
  const chosen = Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
  return explainModel({
    preparation,
    model,
    table: holdout.table,
    target: holdout.target,
    reference: encodeFeatures(preparation, takeRows(train.table, chosen)),
    predict: (features) => predictFlatRows(flat, features),
    seed,
  });
}
