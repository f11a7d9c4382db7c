import { randomBytes } from 'node:crypto';

/** Where a request stands in a trace (W3C Trace Context). Ids are lower-case hex. */
export type TraceContext = {
  /** 32 letters. */
  traceId: string;
  /** 16 letters: our part of the trace. */
  spanId: string;
  /** The caller's part; undefined where the trace begins here. */
  parentId: string | undefined;
  isSampled: boolean;
};

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NOTHING = /^0+$/;

/**
 * The place of a request whose caller sent `traceparent`; undefined where it sent none, or one that the
 * recommendation tells us to pass over.
 */
export function continuedTrace(traceparent: string | undefined): TraceContext | undefined {
  const found = traceparent === undefined ? null : TRACEPARENT.exec(traceparent.trim());
  if (found === null) return undefined;
  const [, version, traceId, parentId, flags, more] = found;
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (NOTHING.test(traceId!) || NOTHING.test(parentId!)) return undefined;
  const isSampled = (Number.parseInt(flags!, 16) & 1) === 1;
  return { traceId: traceId!, spanId: newSpanId(), parentId: parentId!, isSampled };
}

/** A trace that begins here. */
export function newTrace(isSampled: boolean): TraceContext {
  return { traceId: randomBytes(16).toString('hex'), spanId: newSpanId(), parentId: undefined, isSampled };
}

function newSpanId(): string {
  return randomBytes(8).toString('hex');
}

/** What the answer tells the caller about our part: the header `traceresponse`. */
export function traceResponse({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
