import { fail } from '@slipway/contract';

export type HoldState = {
  /** Calls that wait for their model to be there. */
  held: number;
  /** How often it was brought back for a call. */
  coldStarts: number;
  /** How long that took, in milliseconds: all together, and the last time. */
  coldStartMs: number;
  lastColdStartMs: number | undefined;
};

export type HoldLimits = {
  /** Calls that may wait. */
  maxHeld: number;
  maxHoldMs: number;
};

/** Holds the calls to a model that is not there while it is brought back: once for all of them. */
export interface WakeGate {
  /**
   * Resolves when the model is there. Throws `predict.overloaded` when too many wait already, `endpoint.waking` when it takes
   * too long, `predict.too-late` at the deadline of the caller, and what waking throws.
   */
  hold(deadlineAt?: number): Promise<void>;
  state(): HoldState;
}

/** @param wake brings the model back; not called again before it has ended */
export function wakeGate(name: string, limits: HoldLimits, wake: () => Promise<void>): WakeGate {
  const state: HoldState = { held: 0, coldStarts: 0, coldStartMs: 0, lastColdStartMs: undefined };
  let waking: Promise<void> | undefined;

  async function wakeOnce(): Promise<void> {
    const begun = performance.now();
    try {
      await wake();
      const ms = performance.now() - begun;
      state.coldStarts++;
      state.coldStartMs += ms;
      state.lastColdStartMs = ms;
    } finally {
      waking = undefined;
    }
  }

  return {
    async hold(deadlineAt = Number.POSITIVE_INFINITY) {
      if (state.held >= limits.maxHeld) throw fail('predict.overloaded');
      waking ??= wakeOnce();
      state.held++;
      try {
        await withinTime(waking, name, limits.maxHoldMs, deadlineAt);
      } finally {
        state.held--;
      }
    },
    state: () => ({ ...state }),
  };
}

async function withinTime(
  waking: Promise<void>,
  name: string,
  maxHoldMs: number,
  deadlineAt: number,
): Promise<void> {
  const leftMs = deadlineAt - performance.now();
  const late =
    leftMs < maxHoldMs
      ? fail('predict.too-late')
      : fail('endpoint.waking', { name, seconds: maxHoldMs / 1000 });
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), Math.max(0, Math.min(leftMs, maxHoldMs)));
  });
  try {
    await Promise.race([waking, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
