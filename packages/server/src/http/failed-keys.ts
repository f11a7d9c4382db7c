import { createHash } from 'node:crypto';
import { fail } from '@slipway/contract';
import type { Clock } from '../kernel/index.ts';

/** Addresses and keys that are remembered; the oldest are forgotten first. */
const MOST_REMEMBERED = 10_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** After so long without a wrong key an address begins anew. */
const FORGOTTEN_AFTER_MS = 60 * 60_000;

type Failures = { count: number; lastAt: number; lockedUntil: number };

/** What holds up the guessing of keys, by the network that guesses come from. */
export type FailedKeys = {
  /** Throws `access.locked-out` for a key that is to wait; one that worked before does not. */
  refuseLocked(network: string, bearer: string): void;
  failed(network: string): void;
  worked(bearer: string): void;
};

export function failedKeys(beforeLockout: number, clock: Clock): FailedKeys {
  const failures = new Map<string, Failures>();
  const known = new Set<string>();
  return {
    refuseLocked(network, bearer) {
      const waitMs = (failures.get(network)?.lockedUntil ?? 0) - clock.monotonic();
      if (waitMs <= 0 || known.has(hashOf(bearer))) return;
      throw fail('access.locked-out', { retryAfterSeconds: Math.ceil(waitMs / 1000) });
    },
    failed(network) {
      const now = clock.monotonic();
      const former = failures.get(network);
      const isFresh = former !== undefined && now - former.lastAt < FORGOTTEN_AFTER_MS;
      const count = isFresh ? former.count + 1 : 1;
      const over = count - beforeLockout;
      const waitMs = over < 0 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** Math.min(over, 30), LONGEST_WAIT_MS);
      failures.delete(network); // the newest goes last
      failures.set(network, { count, lastAt: now, lockedUntil: now + waitMs });
      forgetOldest(failures);
    },
    worked(bearer) {
      const hash = hashOf(bearer);
      known.delete(hash);
      known.add(hash);
      forgetOldest(known);
    },
  };
}

function hashOf(bearer: string): string {
  return createHash('sha256').update(bearer).digest('base64');
}

function forgetOldest(remembered: Map<string, unknown> | Set<string>): void {
  const [oldest] = remembered.size > MOST_REMEMBERED ? remembered.keys() : [];
  if (oldest !== undefined) remembered.delete(oldest);
}
