/** Where time comes from, so that tests can set it. */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. May jump. */
  now(): number;
  /** Milliseconds that only ever grow, for durations. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** UTC ISO 8601 with milliseconds, the form of every timestamp on the wire. */
export function isoTime(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
