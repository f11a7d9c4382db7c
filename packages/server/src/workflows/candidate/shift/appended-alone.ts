import type { Clock } from '../../../kernel/index.ts';
import { takeRows } from '../../../stages/ingest/index.ts';
import { compileFlat, predictFlatRows } from '../../../stages/optimize/index.ts';
import { encodeFeatures } from '../../../stages/prepare/index.ts';
import { inProcessTrials, parseSearchConfiguration, trainModel } from '../../../stages/train/index.ts';
import {
  type Skill,
  skillOf,
  type ValidationRequest,
  validateCandidate,
} from '../../../stages/validate/index.ts';
import type { CandidateInput } from '../../model.ts';
import { settleCosts } from '../../start/decision-costs.ts';
import { selectionMetricOf } from '../../start/selection-metric.ts';
import { isMeasurable, priorOf, takeTarget } from '../comparison-sets.ts';
import type { PreparedRows } from '../prepare-rows.ts';

/** More rows tell no more about whether there is any signal, and this is one fit beyond the budget. */
const MOST_ROWS = 10_000;
const LEAST_ROWS = 40;
const MOST_SECONDS = 10;
const LEARNER = { learner: 'boosted-trees', params: { rounds: 60, learningRate: 0.1 } } as const;

/**
 * How well a simple model, trained on the appended training rows and no others, predicts the appended rows that were held
 * out, against a constant prediction. Null when there are too few of either, or when some class is missing among them.
 */
export async function appendedAlone(
  { growth, train, holdout, preparation }: PreparedRows,
  input: CandidateInput,
  clock: Clock,
): Promise<Skill | null> {
  const places = growth?.train.slice(0, MOST_ROWS) ?? new Int32Array(0);
  const recent = growth?.holdout.recent ?? new Int32Array(0);
  const target = takeTarget(train.target, places);
  const truth = takeTarget(holdout.target, recent);
  const { length: classes } = preparation.classes;
  const isThin = places.length < LEAST_ROWS || new Set(target).size < Math.max(2, classes);
  if (isThin || !isMeasurable(truth)) return null;
  const task = preparation.task as ValidationRequest['task'];
  const selection = selectionMetricOf(input.wish ?? {}, task);
  const { classCosts, answerCosts } = settleCosts(input.wish?.costs, preparation, { isRetraining: true });
  const matrix = classCosts?.matrix;
  const { model } = await trainModel(
    {
      data: { task, classes, features: encodeFeatures(preparation, takeRows(train.table, places)), target },
      budgetSeconds: Math.min(MOST_SECONDS, input.budgetSeconds),
      seed: input.seed,
      goal: parseSearchConfiguration(LEARNER, task),
      ...(selection && { selection }),
    },
    {
      openTrials: inProcessTrials(clock),
      clock,
      // The journal of the job is that of the search itself.
      journal: { read: async () => [], append: async () => undefined },
    },
  );
  const features = encodeFeatures(preparation, takeRows(holdout.table, recent));
  const { datasets } = validateCandidate({
    ...{
      task,
      classes: preparation.classes,
      threshold: 0.5,
      prior: priorOf(target, classes),
      seed: input.seed,
    },
    ...(matrix && { costMatrix: matrix }),
    ...(answerCosts && { answerCosts }),
    ...selection,
    datasets: [
      { name: 'appended alone', target: truth, candidate: predictFlatRows(compileFlat(model), features) },
    ],
  });
  return skillOf(datasets[0]!);
}
