import { encodeFeatures, type FeatureMatrix, type FeatureSpec } from '../../stages/prepare/index.ts';
import type { PreparedRows, Rows } from './prepare-rows.ts';

/** The rows with the features that came of training behind their own. */
export function completeRows(prepared: PreparedRows, made: readonly FeatureSpec[]): PreparedRows {
  if (made.length === 0) return prepared;
  const { preparation, train, holdout } = prepared;
  return {
    ...prepared,
    preparation: { ...preparation, features: [...preparation.features, ...made] },
    train: completed(train, made),
    holdout: completed(holdout, made),
  };
}

function completed({ features, ...rows }: Rows, made: readonly FeatureSpec[]): Rows {
  const further = encodeFeatures({ features: [...made] }, rows.table);
  const all: FeatureMatrix = {
    rows: features.rows,
    columns: [...features.columns, ...further.columns],
    levels: Int32Array.from([...features.levels, ...further.levels]),
  };
  return { ...rows, features: all };
}
