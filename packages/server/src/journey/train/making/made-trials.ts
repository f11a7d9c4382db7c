import type { Fold } from '../folds.ts';
import type { OpenTrialPool, TrialFit, TrialPool, TrialTask } from '../ports.ts';
import { renumberFeatures } from '../renumber-features.ts';
import type { MadeData } from './made-data.ts';

/** A fit on the data's own features and on those made by some recipes, by their numbers. */
export type CandidateTask = TrialTask & { made?: readonly number[] };

/** A pool whose fits may see made features. In their models recipe r is feature `own + r`, whichever a fit saw. */
export type CandidateTrials = {
  readonly concurrency: number;
  run(task: CandidateTask): Promise<TrialFit>;
};

/** Trials without made features run in `pool`; those with, in one of their own that is opened when there is data for it. */
export function madeTrials(
  pool: TrialPool,
  openTrials: OpenTrialPool,
  own: number,
  folds: readonly Fold[],
  signal: AbortSignal,
) {
  let made: { data: MadeData; pool: TrialPool } | undefined;
  let retired: Promise<void> | undefined;
  const running = new Set<Promise<TrialFit>>();
  const trials: CandidateTrials = {
    concurrency: pool.concurrency,
    async run({ made: recipes, ...task }) {
      if (recipes === undefined || made === undefined) return pool.run(task);
      const features = made.data.featuresFor(task.fold, recipes);
      const fit = made.pool.run({ ...task, features });
      running.add(fit);
      return inCommonNumbers(await fit.finally(() => running.delete(fit)), own, recipes);
    },
  };
  return {
    trials,
    async open(data: MadeData): Promise<void> {
      made = { data, pool: await openTrials(data.data, folds, signal) };
    },
    /** No more fits with made features will come: their pool goes once those that run are done. */
    retire(): void {
      const { pool: unused } = made ?? {};
      made = undefined;
      retired = unused && Promise.allSettled(running).then(() => unused.close());
    },
    async close(): Promise<void> {
      await Promise.all([made?.pool.close(), running.size === 0 && retired]);
      made = undefined;
    },
  };
}

function inCommonNumbers(fit: TrialFit, own: number, recipes: readonly number[]): TrialFit {
  const common = (feature: number) => (feature < own ? feature : own + recipes[feature - own]!);
  const importance = new Float64Array(own + Math.max(0, ...recipes.map((recipe) => recipe + 1)));
  fit.importance.forEach((value, feature) => {
    importance[common(feature)] = value;
  });
  return { ...fit, model: renumberFeatures(fit.model, common), importance };
}
