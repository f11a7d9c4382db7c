import type { Engine } from '../../../journey/serve/index.ts';
import type { Predicted } from '../../predicted.ts';
import { outputNames } from '../v2/outputs.ts';

const ID = 'prediction_id';

/**
 * `{ "predictions": [ { "value", "probability_<class>" … } ] }`: the records that MLflow itself makes of the bundle's
 * graph. The ids by which labels come in stand beside them, so that the records stay MLflow's.
 */
export function recordsText(engine: Engine, { predictions, ids }: Predicted): string {
  const outputs = outputNames(engine).filter(({ name }) => name !== ID);
  const records = predictions.map((prediction) =>
    Object.fromEntries(outputs.map(({ name, read }) => [name, read(prediction, '')])),
  );
  return JSON.stringify({ predictions: records, prediction_ids: ids });
}
