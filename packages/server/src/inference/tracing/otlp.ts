import type { Span } from './tracer.ts';

/** Of the span kinds of OpenTelemetry: answers a request from elsewhere. */
const SERVER = 2;
const STATUS_ERROR = 2;

/**
 * Spans as the body of an OTLP/HTTP export in JSON
 * (https://opentelemetry.io/docs/specs/otlp/#otlphttp): ids in hex, 64-bit numbers as text.
 */
export function otlpBody(spans: readonly Span[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', 'slipway-inference')] },
        scopeSpans: [{ scope: { name: 'slipway' }, spans: spans.map(otlpSpan) }],
      },
    ],
  });
}

function otlpSpan({ trace, name, startNanos, endNanos, attributes, isError }: Span) {
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    ...(trace.parentId === undefined ? {} : { parentSpanId: trace.parentId }),
    name,
    kind: SERVER,
    startTimeUnixNano: startNanos,
    endTimeUnixNano: endNanos,
    attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    status: isError ? { code: STATUS_ERROR } : {},
  };
}

function attribute(key: string, value: string | number) {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } };
}
