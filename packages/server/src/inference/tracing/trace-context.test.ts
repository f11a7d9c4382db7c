import { describe, expect, it } from 'vitest';
import { continuedTrace, newTrace, traceResponse } from './trace-context.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('a trace', () => {
  it('goes on where the caller says', () => {
    const trace = continuedTrace(`00-${TRACE}-${PARENT}-01`);
    expect(trace).toEqual({
      traceId: TRACE,
      parentId: PARENT,
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      isSampled: true,
    });
    expect(traceResponse(trace!)).toBe(`00-${TRACE}-${trace!.spanId}-01`);
    expect(continuedTrace(`00-${TRACE}-${PARENT}-00`)?.isSampled).toBe(false);
    expect(continuedTrace(`cc-${TRACE}-${PARENT}-01-later-fields`)?.traceId).toBe(TRACE);
  });

  it.each([
    [undefined],
    ['nonsense'],
    [`ff-${TRACE}-${PARENT}-01`],
    [`00-${TRACE}-${PARENT}-01-more`],
    [`00-${'0'.repeat(32)}-${PARENT}-01`],
    [`00-${TRACE}-${'0'.repeat(16)}-01`],
    [`00-${TRACE.toUpperCase()}-${PARENT}-01`],
  ])('is passed over where the header is %s', (header) => {
    expect(continuedTrace(header)).toBeUndefined();
  });

  it('that begins here has ids of its own', () => {
    const [a, b] = [newTrace(true), newTrace(false)];
    expect(a.traceId).not.toBe(b.traceId);
    expect(traceResponse(b)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  });
});
