import type { PredictionLog } from '../journey/serve/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Admission } from './admission.ts';
import type { LiveTable } from './apply-table.ts';
import type { EndpointMetrics } from './endpoint-metrics.ts';
import type { InferenceSettings } from './settings.ts';

export type Phase = 'starting' | 'ready' | 'draining';

/** What handlers work with. `live` and `phase` change over the life of the process; read them where they are used. */
export type InferenceContext = {
  readonly settings: InferenceSettings;
  readonly clock: Clock;
  readonly log: PredictionLog;
  readonly admission: Admission;
  readonly newPredictionId: () => string;
  /** Requests that belong to no endpoint. */
  readonly otherMetrics: EndpointMetrics;
  /** Told once of everything that became `internal`. */
  readonly report: (failure: Error, requestId: string) => void;
  live: LiveTable;
  phase: Phase;
};

/** Whether requests should be sent here: a table is applied, every endpoint has a model, and it is not draining. */
export function isReady(context: InferenceContext): boolean {
  if (context.phase !== 'ready') return false;
  for (const endpoint of context.live.values()) if (endpoint.serving === undefined) return false;
  return true;
}
