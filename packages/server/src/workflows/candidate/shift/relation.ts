import {
  type ShiftReport,
  type Skill,
  skillOf,
  type ValidationDataset,
  type ValidationRequest,
  validateCandidate,
} from '../../../stages/validate/index.ts';
import type { CandidateInput } from '../../model.ts';
import { settleCosts } from '../../start/decision-costs.ts';
import { selectionMetricOf } from '../../start/selection-metric.ts';
import { type Champion, predictionsOf } from '../champion.ts';
import { isMeasurable, priorOf, takePredictions, takeTarget } from '../comparison-sets.ts';
import type { PreparedRows } from '../prepare-rows.ts';
import type { Growth } from '../rows-since-champion.ts';

/**
 * How the champion predicts the appended rows, none of which it was trained on, beside its own hold-out: each against a
 * constant prediction fitted to the same rows, which is the hardest one. Null where either has no two different outcomes.
 */
export function relationOf(
  { preparation, holdout }: PreparedRows,
  growth: Growth,
  input: CandidateInput,
  champion: Champion,
): ShiftReport['relation'] {
  const task = preparation.task as ValidationRequest['task'];
  const comparable = new Set(champion.comparable);
  const places = growth.holdout.original.filter((place) => comparable.has(place));
  const own: ValidationDataset = {
    name: 'champion on its hold-out',
    target: takeTarget(holdout.target, places),
    candidate: takePredictions(champion.predictions, places),
  };
  const appended: ValidationDataset = {
    name: 'champion on the appended rows',
    target: growth.appended.target,
    candidate: predictionsOf(champion.open.engine, growth.appended.table, preparation.classes),
  };
  const sets = [own, appended];
  if (!sets.every(({ target }) => isMeasurable(target))) return null;
  const classes = preparation.classes.length;
  const { datasets } = validateCandidate({
    task,
    classes: preparation.classes,
    ...champion.rule,
    answerCosts: settleCosts(input.wish?.costs, preparation, { isRetraining: true }).answerCosts,
    prior: priorOf(growth.before.target, classes),
    seed: input.seed,
    ...selectionMetricOf(input.wish ?? {}, task),
    datasets: sets.map((set) => ({ ...set, prior: priorOf(set.target, classes) })),
  });
  const [onOwn, onAppended] = datasets.map(skillOf) as [Skill, Skill];
  return { holdout: onOwn, appended: onAppended };
}
