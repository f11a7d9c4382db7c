import { sizeInLeaves } from '../../model-size.ts';
import type { Trial } from '../trial.ts';
import { meanOf } from './mean-of.ts';

/** Bytes that held-out margins and fold models of finished trials may take together. */
const MOST_BYTES = 384 * 1024 * 1024;

/** A leaf and its split: nine numbers each, in arrays. */
const BYTES_OF_LEAF = 150;

/** The best trials are kept whatever they take. */
const LEAST_KEPT = 3;

/**
 * The best trials that fit into memory; in any case the best three and the best of each learner, since a blend gains most from what
 * errs differently: in 300 s on satellite four boosted trees of 500,000 leaves took the room, and the neural network that makes the
 * blend better was let go (log loss of rows held out .2102, and .2036 after 60 s). What is let go stays on the leaderboard, but in no
 * blend.
 */
export function keepBest(trials: readonly Trial[], most = MOST_BYTES): Trial[] {
  const ranked = trials.toSorted((a, b) => meanOf(a.losses) - meanOf(b.losses));
  const isFirstOfItsLearner = ({ candidate }: Trial, place: number) =>
    ranked.findIndex((other) => other.candidate.learner === candidate.learner) === place;
  const kept = new Set(
    ranked.filter((trial, place) => place < LEAST_KEPT || isFirstOfItsLearner(trial, place)),
  );
  let bytes = [...kept].reduce((sum, trial) => sum + bytesOf(trial), 0);
  for (const trial of ranked) {
    if (kept.has(trial) || bytes + bytesOf(trial) > most) continue;
    kept.add(trial);
    bytes += bytesOf(trial);
  }
  return trials.filter((trial) => kept.has(trial));
}

function bytesOf(trial: Trial): number {
  return trial.margins.byteLength + leavesOf(trial) * BYTES_OF_LEAF;
}

function leavesOf({ fits }: Trial): number {
  return fits.reduce((sum, { model }) => sum + sizeInLeaves(model), 0);
}
