import type { Clock } from '../kernel/index.ts';
import type { PredictionLog } from '../stages/serve/index.ts';
import type { Admission } from './admission.ts';
import type { AnswerMemory } from './answers/answer-memory.ts';
import type { ValueWriter } from './answers/value-writer.ts';
import type { LiveTable } from './apply-table.ts';
import type { CallCounter } from './call-counter.ts';
import type { CallerIds } from './caller-ids.ts';
import type { Cors } from './cors.ts';
import type { EndpointMetrics } from './endpoint-metrics.ts';
import type { Observer } from './exchange.ts';
import type { InternalErrors } from './internal-errors.ts';
import type { CallerLimits } from './limits/caller-limits.ts';
import type { Outbox } from './outbox.ts';
import type { KeptTensors, Predicted } from './predicted.ts';
import type { ResponseCache } from './response-cache.ts';
import type { Scaler } from './scaling/scaler.ts';
import type { InferenceSettings } from './settings.ts';
import type { ShadowCopies } from './shadow/copies.ts';
import type { Tracer } from './tracing/tracer.ts';
import type { WorkTurns } from './work-turns.ts';

export type Phase = 'starting' | 'ready' | 'draining';

/** What handlers work with. `live` and `phase` change over the life of the process; read them where they are used. */
export type InferenceContext = {
  readonly settings: InferenceSettings;
  readonly clock: Clock;
  readonly log: PredictionLog;
  readonly publicUrl: string | undefined;
  /** Whether everybody who reaches the server may read its metrics, which name the endpoints. */
  readonly hasOpenMetrics: boolean;
  readonly admission: Admission;
  /** What answers of models of tensors may take. */
  readonly memory: AnswerMemory;
  /** Writes their values. */
  readonly values: ValueWriter;
  readonly outbox: Outbox;
  readonly turns: WorkTurns;
  readonly scaler: Scaler;
  readonly limits: CallerLimits;
  readonly calls: CallCounter;
  readonly shadows: ShadowCopies;
  /** Undefined where answers are not remembered. */
  readonly cache: ResponseCache | undefined;
  readonly tracer: Tracer;
  /** Told of every answer; undefined when nobody wants to know. */
  readonly observe: Observer | undefined;
  readonly newPredictionId: () => string;
  readonly callerIds: CallerIds<Predicted>;
  readonly tensorIds: CallerIds<KeptTensors>;
  /** Undefined where no page of another origin may read answers. */
  readonly cors: Cors | undefined;
  /** Requests that belong to no endpoint. */
  readonly otherMetrics: EndpointMetrics;
  /** Told once of everything that became `internal`. */
  readonly errors: InternalErrors;
  live: LiveTable;
  phase: Phase;
};

/** Whether requests should be sent here: a table is applied, every endpoint has a model, and it is not draining. */
export function isReady(context: InferenceContext): boolean {
  if (context.phase !== 'ready') return false;
  for (const endpoint of context.live.values()) if (endpoint.serving === undefined) return false;
  return true;
}
