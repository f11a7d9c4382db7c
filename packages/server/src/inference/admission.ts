import { fail } from '@slipway/contract';
import type { InferenceSettings } from './settings.ts';

const SAMPLE_EVERY_MS = 50;

/**
 * Decides whether a request may enter, by what is under way and by how late the event loop runs: a late loop means
 * that requests wait in the sockets, where nothing else counts them.
 */
export type Admission = {
  /**
   * The body of a request is on its way. Slow clients count here alone, so that they take no place of others.
   * Throws `predict.overloaded`. Each such request is told `received` exactly once, also when its body never came.
   */
  receive(): void;
  received(): void;
  /** A request is to be answered. Throws `predict.overloaded`. Each one that entered leaves exactly once. */
  enter(): void;
  leave(): void;
  /**
   * Counts bytes of a body that are held for an endpoint, which has half of what may be held at most, or what one body may have,
   * when there are others. Throws `predict.overloaded`.
   */
  hold(bytes: number, owner?: Holder): void;
  release(bytes: number, owner?: Holder): void;
  /** `inFlight` counts those on their way and those being answered. */
  state(): { inFlight: number; receiving: number; shed: number; lagMs: number };
  stop(): void;
};

/** Whose bodies are held: an endpoint. */
export type Holder = { heldBytes: number };

type Limits = Pick<
  InferenceSettings,
  'maxInFlight' | 'maxReceiving' | 'maxBufferedBytes' | 'maxBodyBytes' | 'maxLagMs'
>;

/** @param endpoints how many there are now */
export function createAdmission(limits: Limits, endpoints: () => number = () => 1): Admission {
  const state = { shed: 0, lagMs: 0 };
  const nobody: Holder = { heldBytes: 0 };
  let receiving = 0;
  let answering = 0;
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

  function mostOfOne(): number {
    const { maxBufferedBytes, maxBodyBytes } = limits;
    return endpoints() > 1 ? Math.max(maxBufferedBytes / 2, maxBodyBytes) : maxBufferedBytes;
  }

  return {
    receive() {
      if (receiving >= limits.maxReceiving || state.lagMs > limits.maxLagMs) refuse();
      receiving++;
    },
    received() {
      receiving--;
    },
    enter() {
      if (answering >= limits.maxInFlight) refuse();
      answering++;
    },
    leave() {
      answering--;
    },
    hold(bytes, owner = nobody) {
      const isTooMuch = heldBytes + bytes > limits.maxBufferedBytes;
      if (isTooMuch || owner.heldBytes + bytes > mostOfOne()) refuse();
      heldBytes += bytes;
      owner.heldBytes += bytes;
    },
    release(bytes, owner = nobody) {
      heldBytes -= bytes;
      owner.heldBytes -= bytes;
    },
    state: () => ({ ...state, receiving, inFlight: receiving + answering }),
    stop: () => clearInterval(sampler),
  };
}
