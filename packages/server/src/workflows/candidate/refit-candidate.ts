import { isFailure } from '@slipway/contract';
import type { RefitFacts } from '../../stages/pack/index.ts';
import {
  type AdditiveModel,
  REFIT_ALLOWANCE,
  type RefitOutcome,
  refitModel,
  type TrainedModel,
  type TrainingData,
  textsOf,
} from '../../stages/train/index.ts';
import type { JobPorts } from '../jobs/job-ports.ts';
import type { CandidateInput } from '../model.ts';
import { completeRows } from './complete-rows.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { type RefitRows, refitRows } from './refit-rows.ts';

type Refit = Pick<JobPorts, 'openTrials' | 'clock' | 'enough' | 'trainingMemoryBytes'> & {
  signal: AbortSignal;
};

/**
 * Fits the chosen configuration again on the rows of both sides of the split, where that was not declined and time and
 * memory allow it. Time is what the search left of the budget and a tenth of it beyond.
 */
export async function refitCandidate(
  prepared: PreparedRows,
  { chosen, seconds: spent }: TrainedModel,
  input: CandidateInput,
  { openTrials, clock, enough, trainingMemoryBytes, signal }: Refit,
): Promise<RefitOutcome> {
  if (input.wish?.refit === false) return { done: false, reason: 'it was asked for without a refit' };
  if (enough.aborted) return { done: false, reason: 'the search was stopped early' };
  const rows = rowsFor(prepared, input, trainingMemoryBytes ?? Number.POSITIVE_INFINITY);
  if ('reason' in rows) return { done: false, ...rows };
  const { preparation } = prepared;
  const { classes, target, features } = preparation;
  const data: TrainingData = {
    task: preparation.task as TrainingData['task'],
    classes: classes.length,
    features: rows.features,
    target: rows.target,
    ...(rows.weights && { weights: rows.weights }),
    ...textsOf(preparation, rows.table),
  };
  return refitModel(
    {
      data,
      chosen,
      making: { table: rows.table, features, target, classes },
      ...(rows.groups && { groups: rows.groups }),
      seconds: Math.max(0, input.budgetSeconds * (1 + REFIT_ALLOWANCE) - spent),
      signal,
    },
    { openTrials, clock },
  );
}

/** A weight that is no weight in a row of the hold-out is no reason to train nothing. */
function rowsFor(
  prepared: PreparedRows,
  input: CandidateInput,
  memoryBytes: number,
): RefitRows | { reason: string } {
  try {
    return refitRows(prepared, input, memoryBytes);
  } catch (thrown) {
    if (!isFailure(thrown, 'weight.unfit')) throw thrown;
    return { reason: thrown.message };
  }
}

/** The model that a version answers with, and the rows with the features that it reads. */
export type ServedModel = { prepared: PreparedRows; model: AdditiveModel };

/** The refitted model where there is one; else the one that was trained. */
export function servedModel(prepared: PreparedRows, trained: TrainedModel, refit: RefitOutcome): ServedModel {
  const made = refit.done ? refit.made : trained.made.features;
  const { texts, model } = refit.done ? refit : trained;
  return { prepared: completeRows(prepared, [...made, ...texts]), model };
}

export function refitFacts(refit: RefitOutcome): RefitFacts {
  if (!refit.done) return { done: false, reason: refit.reason };
  const { rows, seconds } = refit;
  return { done: true, rows, seconds: Number(seconds.toFixed(3)) };
}

/** In one sentence. */
export function sayRefit(refit: RefitOutcome): string {
  return refit.done
    ? `Refitted on ${refit.rows.toLocaleString('en')} rows, including the hold-out, in ${refit.seconds.toFixed(1)} s.`
    : `Not refitted on all rows: ${refit.reason}.`;
}
