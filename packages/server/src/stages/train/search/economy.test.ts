import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { randomModel } from '../../../testing/random-model.ts';
import { sampleData } from '../../../testing/sample-training.ts';
import { addLeaf, emptyTree } from '../learners/boosted-trees/tree-builder.ts';
import { LEARNERS } from '../learners/index.ts';
import type { Part } from '../model.ts';
import { sizeInLeaves } from '../model-size.ts';
import type { TrialFit } from '../ports.ts';
import { affordableLeaves } from './ensemble/affordable-leaves.ts';
import { bagSize, bagWithin } from './ensemble/bag-size.ts';
import { type Member, sizeOf } from './ensemble/member.ts';
import { pruneEnsemble } from './ensemble/prune-ensemble.ts';
import { searchState } from './search-state.ts';
import type { Trial } from './trial.ts';

const SHAPE = {
  seed: 5,
  levels: [0, 0],
  trees: 0,
  depth: 3,
  link: 'identity' as const,
  outputs: 1,
  linearTerms: false,
};
const ROWS = 1000;
const state = searchState(sampleData('regression', ROWS), { seed: 1 });
const all = Int32Array.from({ length: ROWS }, (_, row) => row);

/** A tree that is a single leaf; `trees` of them make a fit. */
function fitOf(trees: number): TrialFit {
  const tree = emptyTree(0);
  addLeaf(tree, 0, 1);
  return {
    model: { link: 'identity', outputs: 1, base: [0], trees: Array(trees).fill(tree), linear: [], parts: [] },
    validationMargins: new Float64Array(0),
    curve: [],
    importance: new Float64Array(4),
    settled: {},
    cutShort: false,
    hopeless: false,
    seconds: 1,
  };
}

/** A trial of five folds whose margins are off the target by noise of the given size. */
function trialOf(trees: number, noise: number, seed: number): Trial {
  const random = seededRandom(seed);
  return {
    number: seed,
    candidate: { learner: 'boosted-trees', params: LEARNERS['boosted-trees'].defaults },
    fits: Array.from({ length: 5 }, () => fitOf(trees)),
    losses: [],
    margins: state.data.target.map((y) => y + noise * (random() - 0.5)),
    seconds: 1,
  };
}

function halves(one: Trial, other: Trial): Member[] {
  return [one, other].map((trial) => ({ trial, weight: 0.5 }));
}

describe('a member of a large blend', () => {
  const MANY = 20_000;

  test('that makes it no better is left out, and the rest share its weight', () => {
    const [good, useless] = [trialOf(10, 1, 1), trialOf(MANY, 4, 2)];
    expect(pruneEnsemble(state, halves(good, useless), all)).toEqual([{ trial: good, weight: 1 }]);
  });

  test('that makes it better stays', () => {
    const members = halves(trialOf(10, 1, 1), trialOf(MANY, 1, 2));
    expect(pruneEnsemble(state, members, all)).toEqual(members);
  });

  test('stays when the blend is small, where there is nothing to save', () => {
    const members = halves(trialOf(10, 1, 1), trialOf(20, 4, 2));
    expect(pruneEnsemble(state, members, all)).toEqual(members);
  });
});

describe('a blend that takes longer to finish than there is time for', () => {
  test('loses the member that it can best do without, though each makes it better', () => {
    const [better, worse] = [trialOf(9000, 1, 1), trialOf(9000, 1.2, 2)];
    expect(pruneEnsemble(state, halves(better, worse), all, 20_000)).toHaveLength(2);
    expect(pruneEnsemble(state, halves(worse, better), all, 17_000)).toEqual([{ trial: better, weight: 1 }]);
  });

  test('is of one fit on all rows where three fold models are too large', () => {
    const members = [{ trial: trialOf(30_000, 1, 1), weight: 1 }];
    expect(pruneEnsemble(state, members, all, 60_000)).toEqual(members);
    expect(bagSize(members, 90_000)).toBe(3);
    expect(bagSize(members, 60_000)).toBe(1);
    expect(bagSize(members, 10_000)).toBe(1);
    expect([95_000, 60_000, 10_000].map((most) => bagWithin(members, most))).toEqual([3, 2, 1]);
  });

  test('is told by what a leaf takes: 50,000 in ten seconds', () => {
    expect(affordableLeaves(10)).toBeCloseTo(50_000, 6);
    expect(affordableLeaves()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the bag', () => {
  test('is of all folds while their leaves are few', () => {
    expect(bagSize(halves(trialOf(10, 1, 1), trialOf(10, 1, 2)))).toBe(5);
  });

  test('is of as many folds as its leaves allow', () => {
    expect(bagSize(halves(trialOf(4000, 1, 1), trialOf(1000, 1, 2)))).toBe(4);
  });

  test('is of some folds however large their trees, since one alone would be worse', () => {
    expect(bagSize(halves(trialOf(50_000, 1, 1), trialOf(50_000, 1, 2)))).toBeGreaterThan(1);
  });
});

describe('what fold models become together', () => {
  const [forest] = randomModel({ ...SHAPE, parts: ['forest'] }).parts;
  const [network] = randomModel({ ...SHAPE, parts: ['network'] }).parts;

  function trialWith(part: Part, learner: Trial['candidate']['learner']): Trial {
    const fit = fitOf(0);
    const withPart = { ...fit, model: { ...fit.model, parts: [part] } };
    return {
      ...trialOf(0, 1, 1),
      candidate: { learner, params: {} },
      fits: Array.from({ length: 5 }, () => withPart),
    };
  }

  test('is as large as one of them for forests, and as all of them for networks', () => {
    const size = (part: Part) => sizeInLeaves({ trees: [], parts: [part] });
    expect(sizeOf(trialWith(forest!, 'random-forest'))).toBeCloseTo(size(forest!), 9);
    expect(sizeOf(trialWith(network!, 'network'))).toBeCloseTo(5 * size(network!), 9);
    expect(sizeOf(trialWith(network!, 'network'), 3)).toBeCloseTo(3 * size(network!), 9);
  });
});
