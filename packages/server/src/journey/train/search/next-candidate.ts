import { seededRandom } from '../../../kernel/index.ts';
import { LEARNERS } from '../learners/index.ts';
import { sampleParams } from '../learners/search-space.ts';
import type { Candidate } from './candidate.ts';
import { PORTFOLIO } from './portfolio.ts';

/** Learning rates are never raised above this. */
const FASTEST_RATE = 0.3;

/** Bytes that the held-out margins of all trials may take together. */
const MARGIN_BYTES = 256 * 1024 * 1024;

/**
 * Candidates at most, by rows: with few rows, trying more mostly finds what fits the validation rows by chance
 * (the caps follow AutoGluon's).
 */
const CAPS: readonly { rows: number; candidates: number }[] = [
  { rows: 300, candidates: 5 },
  { rows: 1000, candidates: 8 },
  { rows: 2500, candidates: 11 },
  { rows: 10_000, candidates: 16 },
  { rows: Number.POSITIVE_INFINITY, candidates: 30 },
];

export function candidateCap(rows: number, outputs: number): number {
  const bySize = CAPS.find((cap) => rows <= cap.rows)!.candidates;
  return Math.max(3, Math.min(bySize, Math.floor(MARGIN_BYTES / (rows * outputs * 8))));
}

/** The candidates in the order in which they are to be tried: the portfolio, then points of the tree learner's space. */
export function candidates(cap: number, haste: number, seed: number): Candidate[] {
  const random = seededRandom(seed);
  const { defaults, space } = LEARNERS['boosted-trees'];
  const more = Array.from({ length: Math.max(0, cap - PORTFOLIO.length) }, (): Candidate => {
    return { learner: 'boosted-trees', params: { ...defaults, ...sampleParams(space, random) } };
  });
  return [...PORTFOLIO, ...more].slice(0, cap).map((candidate) => hastened(candidate, haste));
}

function hastened(candidate: Candidate, haste: number): Candidate {
  const rate = candidate.params.learningRate;
  if (typeof rate !== 'number') return candidate;
  const learningRate = Math.min(FASTEST_RATE, Number((rate * haste).toPrecision(4)));
  return { ...candidate, params: { ...candidate.params, learningRate } };
}
