import { sizeInLeaves } from '../model-size.ts';
import { meanOf } from './mean-of.ts';
import type { Trial } from './trial.ts';

/** Bytes that held-out margins and fold models of finished trials may take together. */
const MOST_BYTES = 384 * 1024 * 1024;

/** A leaf and its split: nine numbers each, in arrays. */
const BYTES_OF_LEAF = 150;

/** The best trials that fit into memory; at least three. What is let go stays on the leaderboard, but in no blend. */
export function keepBest(trials: readonly Trial[], most = MOST_BYTES): Trial[] {
  const ranked = trials.toSorted((a, b) => meanOf(a.losses) - meanOf(b.losses));
  let bytes = 0;
  const kept = ranked.filter((trial, place) => {
    bytes += bytesOf(trial);
    return place < 3 || bytes <= most;
  });
  return trials.filter((trial) => kept.includes(trial));
}

function bytesOf(trial: Trial): number {
  return trial.margins.byteLength + leavesOf(trial) * BYTES_OF_LEAF;
}

function leavesOf({ fits }: Trial): number {
  return fits.reduce((sum, { model }) => sum + sizeInLeaves(model), 0);
}
