import { fail } from '@slipway/contract';
import type { InferenceSettings } from './settings.ts';

const SAMPLE_EVERY_MS = 50;

/**
 * Decides whether a request may enter, by what is under way and by how late the event loop runs: a late loop means
 * that requests wait in the sockets, where nothing else counts them.
 */
export type Admission = {
  /** Throws `predict.overloaded`. Each request that entered leaves exactly once. */
  enter(): void;
  leave(): void;
  /** Counts bytes of a body that are held. Throws `predict.overloaded`. */
  hold(bytes: number): void;
  release(bytes: number): void;
  state(): { inFlight: number; shed: number; lagMs: number };
  stop(): void;
};

type Limits = Pick<InferenceSettings, 'maxInFlight' | 'maxBufferedBytes' | 'maxLagMs'>;

export function createAdmission(limits: Limits): Admission {
  const state = { inFlight: 0, shed: 0, lagMs: 0 };
  let heldBytes = 0;
  let sampledAt = performance.now();
  const sampler = setInterval(() => {
    const now = performance.now();
    state.lagMs = Math.max(0, now - sampledAt - SAMPLE_EVERY_MS);
    sampledAt = now;
  }, SAMPLE_EVERY_MS).unref();

  function refuse(): never {
    state.shed++;
    throw fail('predict.overloaded');
  }

  return {
    enter() {
      if (state.inFlight >= limits.maxInFlight || state.lagMs > limits.maxLagMs) refuse();
      state.inFlight++;
    },
    leave() {
      state.inFlight--;
    },
    hold(bytes) {
      if (heldBytes + bytes > limits.maxBufferedBytes) refuse();
      heldBytes += bytes;
    },
    release(bytes) {
      heldBytes -= bytes;
    },
    state: () => ({ ...state }),
    stop: () => clearInterval(sampler),
  };
}
