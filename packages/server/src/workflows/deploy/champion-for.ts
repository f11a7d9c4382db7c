import type { ModelVersion, Stores } from '../../metadata/index.ts';
import type { PipelineRunRequest } from '../model.ts';
import { modelOf } from '../start/names-of-request.ts';

/**
 * The version that a candidate is compared with: of a retraining the one that answers at its endpoint, which others of the same
 * model need not share; else the champion of the model. Undefined when there is none.
 */
export async function championFor(
  stores: Stores,
  request: PipelineRunRequest,
): Promise<ModelVersion | undefined> {
  const model = modelOf(request);
  const current = request.kind === 'retrain' ? await stores.endpoints.current(request.endpoint) : undefined;
  if (current !== undefined) return stores.models.version(model, current.modelVersion);
  return stores.models.aliased(model, 'champion').catch(() => undefined);
}
