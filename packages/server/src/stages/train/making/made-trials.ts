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

/** How many features the data has, and which of them were made of texts. */
type OwnFeatures = { own: number; texts: readonly number[] };

/** Trials without made features run in `pool`; those with, in one of their own that is opened when there is data for it. */
export function madeTrials(
  pool: TrialPool,
  openTrials: OpenTrialPool,
  { own, texts }: OwnFeatures,
  folds: readonly Fold[],
  signal: AbortSignal,
) {
  let made: { data: MadeData; pool: TrialPool } | undefined;
  let retired: Promise<void> | undefined;
  const running = new Set<Promise<TrialFit>>();
  const trials: CandidateTrials = {
    concurrency: pool.concurrency,
    async run({ made: recipes, ...task }) {
      const isSeen = task.params.text === false ? (feature: number) => !texts.includes(feature) : () => true;
      if (recipes === undefined || made === undefined) {
        if (task.params.text !== false) return pool.run(task);
        const features = Array.from({ length: own }, (_, feature) => feature).filter(isSeen);
        return inNumbers(await pool.run({ ...task, features }), features, own);
      }
      const features = made.data.featuresFor(task.fold, recipes).filter(isSeen);
      const fit = made.pool.run({ ...task, features });
      running.add(fit);
      const numbers = [
        ...features.slice(0, features.length - recipes.length),
        ...recipes.map((recipe) => own + recipe),
      ];
      const count = own + Math.max(0, ...recipes.map((recipe) => recipe + 1));
      return inNumbers(await fit.finally(() => running.delete(fit)), numbers, count);
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

/** The fit as one of `count` features, its own feature f being `numbers[f]` of them. */
function inNumbers(fit: TrialFit, numbers: readonly number[], count: number): TrialFit {
  const importance = new Float64Array(count);
  fit.importance.forEach((value, feature) => {
    importance[numbers[feature]!] = value;
  });
  return { ...fit, model: renumberFeatures(fit.model, (feature) => numbers[feature]!), importance };
}
