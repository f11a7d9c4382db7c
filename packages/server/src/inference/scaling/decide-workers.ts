/** How many workers a model may have, and what it takes for another. */
export type ScalingRule = {
  /** Kept whatever happens; 0 lets the model go when nobody calls it. */
  min: number;
  max: number;
  /** Requests under way, running or waiting, that one worker is there for. */
  targetConcurrency: number;
  /** Silence after which a model whose `min` is 0 goes. */
  idleMs: number;
};

/** Over which times load is looked at. */
export type ScalingTimes = {
  /** The load of this long decides as a rule. */
  stableMs: number;
  /** How long load must be gone before workers go. */
  downDelayMs: number;
};

/** What is seen of a model now. */
export type SeenLoad = {
  /** Average concurrency over `stableMs`, and over the tenth of it. */
  stable: number;
  panic: number;
  workers: number;
  /** How long nobody has called it. */
  idleForMs: number;
};

/** What is remembered from one decision to the next. */
export type ScalingMemory = {
  /** Since when short load counts rather than long, as of the last time that it was over the threshold. */
  panickedAt: number | undefined;
  /** Workers wanted lately, oldest first. */
  recent: readonly { at: number; workers: number }[];
};

export type Decision = {
  /** Kept without any load. */
  floor: number;
  /** What the load asks for; 0 without any. */
  forLoad: number;
  memory: ScalingMemory;
};

export const NO_MEMORY: ScalingMemory = { panickedAt: undefined, recent: [] };

/** The short window is this part of the long one. */
export const PANIC_SHARE = 0.1;
/** Short load that wants this many times the workers that are there means panic. */
const PANIC_THRESHOLD = 2;
/** At most half of the workers go at once. */
const MOST_DOWN_RATE = 2;

/**
 * How many workers a model shall have. The rule of Knative's pod autoscaler (KPA, `pkg/autoscaler/scaling/autoscaler.go`):
 * average concurrency over target, taken over a long window; over a short one while that asks for twice the workers there
 * are, and then none goes. Workers go when nothing of the last `downDelayMs` asked for them.
 */
export function decideWorkers(
  rule: ScalingRule,
  times: ScalingTimes,
  seen: SeenLoad,
  { memory, now }: { memory: ScalingMemory; now: number },
): Decision {
  const { min, max, targetConcurrency, idleMs } = rule;
  const byPanic = Math.ceil(seen.panic / targetConcurrency);
  const isOver = byPanic / Math.max(1, seen.workers) >= PANIC_THRESHOLD;
  const panickedAt = isOver ? now : stillPanicked(memory.panickedAt, times, now);
  const leastDown = Math.floor(seen.workers / MOST_DOWN_RATE);
  const byStable = Math.max(Math.ceil(seen.stable / targetConcurrency), leastDown);
  const workers = panickedAt === undefined ? byStable : Math.max(byPanic, byStable, seen.workers);
  const recent = [
    ...memory.recent.filter(({ at }) => at > now - times.downDelayMs),
    { at: now, workers: Math.min(max, workers) },
  ];
  const isIdle = seen.idleForMs >= idleMs;
  const floor = min > 0 ? min : Number(!isIdle && seen.workers > 0);
  const forLoad = isIdle && min === 0 ? 0 : Math.max(...recent.map((each) => each.workers));
  return { floor, forLoad, memory: { panickedAt, recent } };
}

function stillPanicked(panickedAt: number | undefined, { stableMs }: ScalingTimes, now: number) {
  return panickedAt !== undefined && panickedAt + stableMs > now ? panickedAt : undefined;
}
