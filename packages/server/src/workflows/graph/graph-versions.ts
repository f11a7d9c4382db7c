import { fail } from '@slipway/contract';
import type { ModelVersion } from '../../metadata/index.ts';

/** How the registry tells versions that are inference graphs. */
export const GRAPH_LEARNER = 'graph';

/**
 * Refuses an inference graph where one trained model is needed. `reason` ends the sentence that begins with the version's
 * name. Throws `graph.unfit`.
 */
export function refuseGraph(
  { model, version, learner }: Pick<ModelVersion, 'model' | 'version' | 'learner'>,
  reason: string,
): void {
  if (learner === GRAPH_LEARNER)
    throw fail('graph.unfit', { name: `${model}@${version}`, reason }, { path: 'model' });
}
