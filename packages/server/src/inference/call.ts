import type { SlipwayError } from '@slipway/contract';
import type { Lease } from './answers/answer-memory.ts';
import type { Caller } from './bearer-token.ts';
import type { EndpointMetrics } from './endpoint-metrics.ts';
import type { LiveEndpoint } from './live-endpoint.ts';
import type { LoadedRoute } from './load-route.ts';
import type { TraceContext } from './tracing/trace-context.ts';

/** A call under way, by whatever protocol it came. */
export type Call = {
  readonly requestId: string;
  /** Monotonic milliseconds, as all times here. */
  readonly startedAt: number;
  /** When the request was there as a whole. */
  readAt: number;
  /** When the model had answered; 0 before. */
  predictedAt: number;
  /** When the caller stops waiting. */
  deadlineAt: number | undefined;
  /** The name of the dialect, for logs. */
  dialect: string;
  endpoint: LiveEndpoint | undefined;
  /** The version that the caller asks for by name. */
  version: number | undefined;
  /** The model that answers, once it is chosen. */
  route: LoadedRoute | undefined;
  caller: Caller | undefined;
  /** A header (of gRPC: metadata) of the call, by its name in any case. */
  readonly header: (name: string) => string | undefined;
  /** Whether its predictions are logged, where only a share of them is; drawn once. */
  isLogged: boolean | undefined;
  metrics: EndpointMetrics;
  /** Whether it asks for predictions. */
  isPrediction: boolean;
  /** Why it was refused. */
  failure: SlipwayError | undefined;
  trace: TraceContext | undefined;
  /** Rows predicted. */
  rows: number;
  /** The memory of its answer, where whoever sends it releases it. */
  lease?: Lease;
};

/** Whether the platform itself tries the endpoint out: no traffic. */
export function isProbe(call: Call): boolean {
  return call.caller?.isProbe === true;
}
