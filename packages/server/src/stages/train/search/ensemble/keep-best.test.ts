import { expect, test } from 'vitest';
import type { Candidate } from '../suggest/candidate.ts';
import type { Trial } from '../trial.ts';
import { keepBest } from './keep-best.ts';

/** A trial whose margins alone take memory. */
function trial(learner: Candidate['learner'], loss: number, bytes: number): Trial {
  const candidate = { learner, params: {} };
  return { number: 1, candidate, fits: [], losses: [loss], margins: new Float64Array(bytes / 8), seconds: 1 };
}

const lossesOf = (trials: readonly Trial[]) => trials.map(({ losses }) => losses[0]);

test('keeps all that fit, in the order that they are in', () => {
  const trials = [0.3, 0.1, 0.2, 0.5, 0.4].map((loss) => trial('boosted-trees', loss, 80));
  expect(keepBest(trials, 400)).toEqual(trials);
  expect(lossesOf(keepBest(trials, 320))).toEqual([0.3, 0.1, 0.2, 0.4]);
});

test('keeps the best three, however large', () => {
  const trials = [0.4, 0.1, 0.3, 0.2].map((loss) => trial('boosted-trees', loss, 800));
  expect(lossesOf(keepBest(trials, 80))).toEqual([0.1, 0.3, 0.2]);
});

test('keeps the best of each learner, however many better ones of another there are', () => {
  const trials = [
    ...[0.1, 0.11, 0.12, 0.13, 0.14].map((loss) => trial('boosted-trees', loss, 800)),
    ...[0.3, 0.2].map((loss) => trial('network', loss, 800)),
    trial('linear', 0.6, 800),
  ];
  expect(lossesOf(keepBest(trials, 80))).toEqual([0.1, 0.11, 0.12, 0.2, 0.6]);
});

test('lets a small one stay behind a large one that does not fit', () => {
  const trials = [
    ...[0.1, 0.11, 0.12].map((loss) => trial('boosted-trees', loss, 80)),
    trial('boosted-trees', 0.13, 800),
    trial('boosted-trees', 0.14, 80),
  ];
  expect(lossesOf(keepBest(trials, 400))).toEqual([0.1, 0.11, 0.12, 0.14]);
});
