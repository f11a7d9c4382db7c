import { type Clock, seededRandom, shuffle, type TimeAllowance } from '../../kernel/index.ts';
import { takeRows } from '../../stages/ingest/index.ts';
import {
  compileFlat,
  type Optimization,
  optimizeModel,
  predictFlatRows,
} from '../../stages/optimize/index.ts';
import { encodeFeatures } from '../../stages/prepare/index.ts';
import { METRICS, type TrainingData } from '../../stages/train/index.ts';
import type { ValidationReport } from '../../stages/validate/index.ts';
import type { CandidateInput } from '../model.ts';
import { type Judged, type Measured, reportOn } from './evaluate-candidate.ts';
import { SHARE_OF_OPTIMIZING } from './finishing-time.ts';
import type { PreparedRows, Rows } from './prepare-rows.ts';
import type { ServedModel } from './refit-candidate.ts';
import type { Told } from './stage-reporter.ts';
import type { Trained } from './train-candidate.ts';

/** A trained model with the rows as it sees them, and the model that is to answer: refitted, or the same. */
export type Candidate = Trained & { prepared: PreparedRows; served: ServedModel };

export type Compressed = Measured & {
  optimization: Optimization;
  /** The metric on the hold-out with the model as trained and as optimized; null for a refitted model, which has learnt from it. */
  holdout: { before: number; after: number } | null;
};

/** Share of the loss on judging rows that a lighter model may add. These rows were trained on, so little is at stake. */
const MAX_LOSS = 0.0003;

/** Rows that variants are judged by; more would only take longer. */
const JUDGING_ROWS = 5_000;

/**
 * Makes the model that answers lighter. Variants are judged on a sample of the training rows, never on the hold-out, which then
 * tells without bias what the choice cost. A refitted model has learnt from the hold-out: its report stays that of the
 * model before the refit, and of the hold-out it is only told how far the answers moved.
 */
export async function compressCandidate(
  { prepared, trained, refit, served }: Candidate,
  judged: Judged,
  input: CandidateInput,
  { clock, time }: { clock: Clock; time: TimeAllowance },
): Promise<Told<Compressed>> {
  const { threshold } = trained.decision;
  const task = prepared.preparation.task as TrainingData['task'];
  const metric = METRICS.find((one) => one.id === (task === 'regression' ? 'rmse' : 'log-loss'));
  const optimization = optimizeModel(
    {
      task,
      model: served.model,
      validation: sample(served.prepared, input.seed),
      threshold,
      maxLoss: MAX_LOSS,
      time: time.part(SHARE_OF_OPTIMIZING),
      ...(metric === undefined ? {} : { metric }),
    },
    clock,
  );
  if (refit.done) return refittedCompressed(served, optimization, judged);
  const same = optimization.model === served.model;
  const { report, predictions } = same
    ? judged
    : reportOn(prepared, optimization.model, trained.decision, judged.champion, input);
  const holdout = { before: primaryOf(judged.report), after: primaryOf(report) };
  return {
    value: { optimization, report, predictions, holdout },
    says: `${optimization.says} On the hold-out ${report.primaryMetric} went from ${holdout.before.toFixed(4)} to ${holdout.after.toFixed(4)}.`,
    facts: {
      table: optimization.table,
      chosen: optimization.chosen,
      untried: optimization.untried ?? [],
      holdout: { metric: report.primaryMetric, ...holdout },
    },
  };
}

function refittedCompressed(
  { prepared, model }: ServedModel,
  optimization: Optimization,
  { report, predictions }: Judged,
): Told<Compressed> {
  const { table, chosen } = optimization;
  const { features } = prepared.holdout;
  const [before, after] = [model, optimization.model].map(
    (one) => predictFlatRows(compileFlat(one), features).values,
  );
  const moved = before!.reduce((sum, value, i) => sum + Math.abs(value - after![i]!), 0) / before!.length;
  return {
    value: { optimization, report, predictions, holdout: null },
    says: `${optimization.says} On the rows of the hold-out its predictions moved by ${moved.toPrecision(2)} on average; the report is of the model before it was refitted on them.`,
    facts: { table, chosen, holdout: null, meanAbsoluteChange: moved },
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
