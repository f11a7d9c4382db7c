import type { Engine } from '../../../stages/serve/index.ts';
import type { Body } from '../../answers/pieces.ts';
import { writeJson } from '../../answers/write-json.ts';
import type { Predicted } from '../../predicted.ts';
import { outputNames } from '../v2/outputs.ts';

const ID = 'prediction_id';

/**
 * `{ "predictions": [ { "value", "probability_<class>" … } ] }`: the records that MLflow itself makes of the bundle's
 * graph. The ids by which labels come in, and the warnings of each row where there are any, stand beside them, so that the
 * records stay MLflow's.
 */
export function recordsText(engine: Engine, { predictions, ids }: Predicted): Body {
  const outputs = outputNames(engine).filter(({ name }) => name !== ID);
  const records = predictions.map((prediction) =>
    Object.fromEntries(outputs.map(({ name, read }) => [name, read(prediction, '')])),
  );
  const warnings = predictions.map((prediction) => prediction.warnings ?? []);
  const told = warnings.some(({ length }) => length > 0) ? { warnings } : {};
  return writeJson({ predictions: records, prediction_ids: ids, ...told });
}
