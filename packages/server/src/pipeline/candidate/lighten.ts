import { takeRows } from '../../journey/ingest/index.ts';
import { type Optimization, optimizeModel } from '../../journey/optimize/index.ts';
import { encodeFeatures } from '../../journey/prepare/index.ts';
import { METRICS, type TrainedModel, type TrainingData } from '../../journey/train/index.ts';
import type { ValidationReport } from '../../journey/validate/index.ts';
import { type Clock, seededRandom, shuffle } from '../../kernel/index.ts';
import type { CandidateInput } from '../model.ts';
import { type Judged, type Measured, reportOn } from './judge-candidate.ts';
import type { PreparedRows, Rows } from './prepare-rows.ts';
import type { Told } from './story.ts';

export type Lighter = Measured & {
  optimization: Optimization;
  holdout: { before: number; after: number };
};

/** Share of the loss on judging rows that a lighter model may add. These rows were trained on, so little is at stake. */
const MAX_LOSS = 0.0003;

/** Rows that variants are judged by; more would only take longer. */
const JUDGING_ROWS = 5_000;

/**
 * Makes the model lighter. Variants are judged on a sample of the training rows, never on the hold-out, which then
 * tells without bias what the choice cost.
 */
export async function lighten(
  prepared: PreparedRows,
  trained: TrainedModel,
  judged: Judged,
  input: CandidateInput,
  clock: Clock,
): Promise<Told<Lighter>> {
  const { threshold } = trained.decision;
  const task = prepared.preparation.task as TrainingData['task'];
  const metric = METRICS.find((one) => one.id === (task === 'regression' ? 'rmse' : 'log-loss'));
  const optimization = optimizeModel(
    {
      task,
      model: trained.model,
      validation: sample(prepared, input.seed),
      threshold,
      maxLoss: MAX_LOSS,
      ...(metric === undefined ? {} : { metric }),
    },
    clock,
  );
  const same = optimization.model === trained.model;
  const { report, predictions } = same
    ? judged
    : reportOn(prepared, optimization.model, threshold, judged.champion, input);
  const holdout = { before: primaryOf(judged.report), after: primaryOf(report) };
  return {
    value: { optimization, report, predictions, holdout },
    says: `${optimization.says} On the hold-out ${report.primaryMetric} went from ${holdout.before.toFixed(4)} to ${holdout.after.toFixed(4)}.`,
    facts: {
      table: optimization.table,
      chosen: optimization.chosen,
      holdout: { metric: report.primaryMetric, ...holdout },
    },
  };
}

function primaryOf(report: ValidationReport): number {
  return report.datasets[0]!.primary.value;
}

function sample({ train, preparation }: PreparedRows, seed: number): Pick<Rows, 'features' | 'target'> {
  const { rows } = train.features;
  if (rows <= JUDGING_ROWS) return train;
  const all = shuffle(
    Int32Array.from({ length: rows }, (_, row) => row),
    seededRandom(seed),
  );
  const chosen = all.slice(0, JUDGING_ROWS);
  return {
    features: encodeFeatures(preparation, takeRows(train.table, chosen)),
    target: Float64Array.from(chosen, (row) => train.target[row]!),
  };
}
