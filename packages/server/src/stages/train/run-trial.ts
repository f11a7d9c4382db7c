import type { Clock } from '../../kernel/index.ts';
import { correctClassPriors } from './correct-class-priors.ts';
import { featureView } from './feature-view.ts';
import type { Fold } from './folds.ts';
import { LEARNERS, type LearnerData, type TeamMemory } from './learners/index.ts';
import type { TrialFit, TrialTask } from './ports.ts';
import { isPrunedAgainst } from './search/pruning/learning-curve-pruner.ts';

/**
 * Runs one task here and now. `isCancelled` is asked between the steps of the fit, as the time is. In the crew's room other
 * threads may help.
 */
export function runTrial(
  data: LearnerData,
  folds: readonly Fold[],
  task: TrialTask,
  clock: Clock,
  isCancelled: () => boolean = () => false,
  team?: TeamMemory,
): TrialFit {
  const fold = folds[task.fold]!;
  const started = clock.monotonic();
  const elapsed = () => (clock.monotonic() - started) / 1000;
  const behind = task.against && isPrunedAgainst(task.against, Number(task.params.learningRate ?? 1));
  let hopeless = false;
  const seen = task.features === undefined ? data : featureView(data, task.features);
  const fit = LEARNERS[task.learner].fit(seen, task.params, {
    rows: fold.train,
    validation: fold.validation,
    seed: task.seed,
    ...(team && { team }),
    shouldStop: () => isCancelled() || elapsed() >= task.seconds,
    spent: () => elapsed() / task.seconds,
    ...(behind && {
      isHopeless: (curve) => {
        hopeless = behind(curve);
        return hopeless;
      },
    }),
  });
  return {
    ...correctClassPriors(fit, task.params),
    seconds: elapsed(),
    hopeless: hopeless || fit.hopeless === true,
  };
}
