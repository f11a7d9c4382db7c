import type { EndpointWorkers } from '@slipway/contract';
import { describe, expect, it } from 'vitest';
import { workersText } from './show-workers.ts';

const BUSY: EndpointWorkers = {
  kind: 'processes',
  now: 2,
  wanted: 3,
  busy: 1,
  held: 0,
  residentBytes: 150 * 1024 ** 2,
  zeroSince: null,
  coldStarts: 0,
  coldStartSeconds: 0,
  lastColdStartSeconds: null,
  deaths: 0,
  isResting: false,
};

describe('the workers of an endpoint are told', () => {
  it('with their number, their memory and what the load asks for', () => {
    expect(workersText(BUSY)).toBe('workers: 2 (processes, 150.0 MiB), 3 wanted, 1 busy');
  });

  it('at rest with since when, and what coming back took', () => {
    const asleep = { ...BUSY, now: 0, residentBytes: 0, zeroSince: '2026-01-01T00:00:00.000Z' };
    const text = workersText({
      ...asleep,
      coldStarts: 2,
      coldStartSeconds: 0.4,
      lastColdStartSeconds: 0.1234,
    });
    expect(text).toBe(
      'workers: none since 2026-01-01T00:00:00.000Z, 0.0 MiB; 0 requests held, the next one brings the model back\n' +
        'cold starts: 2, 0.400 s together, the last 0.123 s',
    );
  });

  it('without memory where the system does not tell it, and with deaths', () => {
    const text = workersText({ ...BUSY, kind: 'inline', residentBytes: null, deaths: 3, isResting: true });
    expect(text).toContain('2 (in the data plane itself), 3 wanted');
    expect(text).toContain('crashes: 3; circuit breaker open');
  });

  it('as not known while the data plane does not tell', () => {
    expect(workersText(null)).toContain('does not tell');
  });
});
