import type { Call } from '../call.ts';
import type { Outcome } from '../exchange.ts';
import { continuedTrace, newTrace, type TraceContext } from './trace-context.ts';

/** One finished call, as a span of kind server. */
export type Span = {
  trace: TraceContext;
  name: string;
  /** Epoch nanoseconds as text, since they are more than a number holds. */
  startNanos: string;
  endNanos: string;
  attributes: Record<string, string | number>;
  isError: boolean;
};

/** Where spans go. */
export interface SpanSink {
  /** Takes a span to be sent soon. Never blocks and never throws; what there is no room for is counted as dropped. */
  append(span: Span): void;
  stats(): { exported: number; dropped: number };
  /** Sends what waits, as far as the other side takes it in time. */
  close(): Promise<void>;
}

export type Tracer = {
  /** The place of a new call in its trace; undefined for one that nobody traces. */
  begin(traceparent: string | undefined): TraceContext | undefined;
  end(call: Call, outcome: Outcome, http?: { method: string; path: string }): void;
  stats(): { exported: number; dropped: number };
  close(): Promise<void>;
};

/**
 * Continues the traces of callers; with a sink, also begins traces for a share of the calls that come without, and
 * gives every sampled one to it.
 *
 * @param now epoch milliseconds
 * @param draw a number from 0 up to 1
 */
export function tracer(options: {
  sink: SpanSink | undefined;
  samplePercent: number;
  now: () => number;
  draw?: () => number;
}): Tracer {
  const { sink, samplePercent, now, draw = Math.random } = options;
  return {
    begin(traceparent) {
      if (traceparent === undefined && sink === undefined) return undefined;
      const continued = continuedTrace(traceparent);
      if (continued !== undefined || sink === undefined) return continued;
      return newTrace(draw() * 100 < samplePercent);
    },
    end(call, outcome, http) {
      if (sink === undefined || call.trace?.isSampled !== true) return;
      sink.append(spanOf(call, call.trace, outcome, now(), http));
    },
    stats: () => sink?.stats() ?? { exported: 0, dropped: 0 },
    close: async () => sink?.close(),
  };
}

function spanOf(
  call: Call,
  trace: TraceContext,
  { status, seconds }: Outcome,
  endMs: number,
  http: { method: string; path: string } | undefined,
): Span {
  const attributes: Record<string, string | number> = {
    'slipway.dialect': call.dialect,
    'slipway.request_id': call.requestId,
    'slipway.rows': call.rows,
    'http.response.status_code': status,
  };
  if (http !== undefined)
    Object.assign(attributes, { 'http.request.method': http.method, 'url.path': http.path });
  if (call.endpoint !== undefined) attributes['slipway.endpoint'] = call.endpoint.name;
  if (call.route !== undefined) {
    attributes['slipway.model.name'] = call.route.modelName;
    attributes['slipway.model.version'] = call.route.modelVersion;
  }
  return {
    trace,
    name: `${call.dialect} ${call.endpoint?.name ?? 'server'}`,
    startNanos: nanos(endMs - seconds * 1000),
    endNanos: nanos(endMs),
    attributes,
    isError: status >= 500,
  };
}

function nanos(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}
