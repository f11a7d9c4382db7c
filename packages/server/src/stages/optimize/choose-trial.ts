import type { Allowance, Preference, Trial } from './model.ts';

type Measured = Trial & { bytes: number; oneRowMicroseconds: number };

/** A win is more than the noise of a clock. */
const LEAST_WIN = 0.98;

/** What may get worse, as a share of what it was, so that the other gets better. */
const TOLERATED: Record<Preference, { bytes: number; time: number }> = {
  balanced: { bytes: 1.02, time: 1.1 },
  size: { bytes: 1, time: Number.POSITIVE_INFINITY },
  speed: { bytes: 1.1, time: 1 },
};

const COST: Record<Preference, (bytes: number, time: number) => number> = {
  balanced: (bytes, time) => Math.sqrt(bytes * time),
  size: (bytes) => bytes,
  speed: (_, time) => time,
};

/** The share of the loss allowed: `maxLoss` of the size of what there was before. */
export function allowanceOf(
  metric: { name: string; higherIsBetter: boolean },
  before: number,
  maxLoss: number,
): Allowance {
  const loss = Math.abs(before) * maxLoss;
  const worst = metric.higherIsBetter ? before - loss : before + loss;
  return { metric: metric.name, higherIsBetter: metric.higherIsBetter, before, worst };
}

/** Whether a quality is accepted. One that is not a number never is. Differences of rounding do not count. */
export function isAllowed({ higherIsBetter, worst }: Allowance, quality: number): boolean {
  const grain = Math.abs(worst) * 1e-9;
  return higherIsBetter ? quality >= worst - grain : quality <= worst + grain;
}

/**
 * Says what became of each measured trial, and chooses the one that costs least of those within the limit. The first trial is the
 * model as it was, which stays when nothing else wins. Returns the place of the chosen one.
 */
export function chooseTrial(
  trials: readonly Trial[],
  allowance: Allowance,
  preference: Preference,
  /** Places of trials that lose by something else than what the limit is about. */
  losing: ReadonlySet<number> = new Set(),
): { table: Trial[]; chosen: number } {
  const before = trials[0] as Measured;
  const cost = (trial: Measured) =>
    COST[preference](trial.bytes / before.bytes, trial.oneRowMicroseconds / before.oneRowMicroseconds);
  const judged = trials.map((trial, at): Trial => {
    if (trial === before || !isMeasured(trial)) return trial;
    if (losing.has(at) || !isAllowed(allowance, trial.quality ?? Number.NaN))
      return { ...trial, outcome: 'loses' };
    return { ...trial, outcome: wins(trial, before, preference, cost(trial)) ? 'fits' : 'gains-nothing' };
  });
  const best = judged.reduce(
    (least, trial, at) =>
      trial.outcome === 'fits' && (least === 0 || cost(trial as Measured) < cost(judged[least] as Measured))
        ? at
        : least,
    0,
  );
  const table = judged.map((trial, at) =>
    best > 0 && at === best ? { ...trial, outcome: 'chosen' as const } : trial,
  );
  return { table, chosen: best };
}

function isMeasured(trial: Trial): trial is Measured {
  return trial.bytes !== null && trial.oneRowMicroseconds !== null;
}

function wins(trial: Measured, before: Measured, preference: Preference, cost: number): boolean {
  const tolerated = TOLERATED[preference];
  return (
    cost <= LEAST_WIN &&
    trial.bytes <= before.bytes * tolerated.bytes &&
    trial.oneRowMicroseconds <= before.oneRowMicroseconds * tolerated.time
  );
}
