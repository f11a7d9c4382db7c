import { type RolloutPlan, rolloutPlanSchema } from '@slipway/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kernel/index.ts';
import { plainSpec } from '../endpoint-spec.ts';
import { abortRollout, advanceRollout, type RolloutMove } from './advance-rollout.ts';
import { type Counts, noCounts, noShadowSums } from './counts.ts';
import { bucketOfMs } from './latency-sketch.ts';
import type { Quality } from './quality.ts';
import {
  newRollout,
  type Observation,
  percentOf,
  type RolloutState,
  restoredRollout,
  stepsOf,
} from './rollout-state.ts';
import type { Share } from './share-tests.ts';

const SECOND = 1000;

function begun(plan: RolloutPlan, seen: RolloutState['seen'] = null): RolloutState {
  return newRollout({
    plan,
    spec: plainSpec({ model: 'churn', version: 2 }),
    reason: 'promote',
    version: 2,
    bundleId: 'b',
    former: { revision: 1, version: 1 },
    by: 'anna',
    seen,
    now: 0,
  });
}

const planOf = (plan: Partial<RolloutPlan>) => rolloutPlanSchema.parse(plan);
const canary = (plan: Partial<RolloutPlan> = {}) => planOf({ strategy: 'canary', ...plan });

/** What one version does with a request. */
type Behaviour = { errors?: number; refused?: number; ms?: number };
type World = { version: Behaviour; former: Behaviour; requestsASecond: number };

function add(counts: Counts, requests: number, behaviour: Behaviour, random: () => number): void {
  const { errors = 0, refused = 0, ms = 1 } = behaviour;
  for (let i = 0; i < requests; i++) {
    const draw = random();
    counts.requests++;
    if (draw < errors) counts.errors++;
    else if (draw < errors + refused) counts.refused++;
    else counts.latency[bucketOfMs(ms * (0.5 + random()))]!++;
  }
}

/** Lets a rollout go through a world, looked at every second, and tells what it did. */
function walk(plan: RolloutPlan, world: World, { seconds = 4000, seed = 1 } = {}) {
  const random = seededRandom(seed);
  const [version, former, shadow] = [noCounts(), noCounts(), noShadowSums()];
  add(former, 500, world.former, random);
  let rollout = begun(plan, { life: 1, version, former: structuredClone(former), shadow });
  const moves: RolloutMove[] = [];
  for (let second = 1; second <= seconds; second++) {
    const own = Math.round((world.requestsASecond * percentOf(rollout)) / 100);
    if (plan.strategy === 'shadow') {
      add(shadow.copies, own, world.version, random);
      add(shadow.live, own, world.former, random);
    } else {
      add(version, own, world.version, random);
      add(former, world.requestsASecond - own, world.former, random);
    }
    const seen = structuredClone({ life: 1, version, former, shadow });
    const observation = { ...seen, isLoaded: true, quality: null, alerts: [] };
    const advanced = advanceRollout(rollout, observation, second * SECOND);
    rollout = advanced.rollout;
    if (advanced.move !== 'stay') moves.push(advanced.move);
    if (rollout.state === 'done' || rollout.state === 'aborted') return { rollout, moves, second };
  }
  return { rollout, moves, second: seconds };
}

const GOOD: World = { version: {}, former: {}, requestsASecond: 20 };

describe('a canary', () => {
  it('takes a step after each bake and is promoted after the last', () => {
    const { rollout, moves, second } = walk(canary({ steps: [10, 50, 100], bakeSeconds: 60 }), GOOD);
    expect(moves).toEqual(['step', 'step', 'promote']);
    expect(rollout.state).toBe('done');
    expect(second).toBe(180);
    expect(rollout.history.map(({ percent }) => percent)).toEqual([10, 50, 100, 100]);
  });

  it('of a version that fails is aborted within a few of its requests', () => {
    const { rollout, moves } = walk(canary(), { ...GOOD, version: { errors: 1 } });
    expect(moves).toEqual(['abort']);
    expect(rollout.counts.version.requests).toBeLessThan(20);
    expect(rollout.says).toMatch(/worse by errors: .* failed/);
  });

  it('of a version that refuses what the former took is aborted', () => {
    const { rollout } = walk(canary(), { ...GOOD, version: { refused: 0.3 } });
    expect(rollout.says).toMatch(/worse by refusals/);
  });

  it('of a version that is slow is aborted', () => {
    const { rollout } = walk(canary(), { ...GOOD, version: { ms: 60 } });
    expect(rollout.says).toMatch(/worse by p95/);
  });

  it('of a version that is slower by less than what matters goes on', () => {
    expect(walk(canary(), { ...GOOD, version: { ms: 2 } }).rollout.state).toBe('done');
  });

  it('compares with what the former version did before, once it answers everything', () => {
    const failsLater = canary({ steps: [100], bakeSeconds: 300 });
    const { rollout } = walk(failsLater, { ...GOOD, version: { errors: 0.2 } });
    expect(rollout.state).toBe('aborted');
  });

  it('is allowed twice the latency where the former version answers no more at the same time', () => {
    const whole = canary({ steps: [100], bakeSeconds: 300 });
    expect(walk(whole, { ...GOOD, version: { ms: 8 } }).rollout.state).toBe('done');
    expect(walk(canary({ steps: [50, 100] }), { ...GOOD, version: { ms: 8 } }).rollout.state).toBe('aborted');
    expect(walk(whole, { ...GOOD, version: { ms: 40 } }).rollout.state).toBe('aborted');
  });

  it('without requests holds, says so, and goes on when they come', () => {
    const plan = canary({ steps: [50, 100], bakeSeconds: 10 });
    const { rollout } = walk(plan, { ...GOOD, requestsASecond: 0 }, { seconds: 1000 });
    expect(rollout).toMatchObject({
      state: 'holding',
      step: 0,
      says: 'Holds at 50 %: version 2 has answered 0 of the 50 requests that this step needs. It goes on when they come; promote or roll it back to decide now.',
    });
    const version = { ...noCounts(), requests: 60 };
    const seen = { life: 1, version, former: noCounts(), shadow: noShadowSums() };
    const later = advanceRollout(
      rollout,
      { ...seen, isLoaded: true, quality: null, alerts: [] },
      20_000 * SECOND,
    );
    expect(later).toMatchObject({ move: 'step', rollout: { state: 'running', step: 1 } });
  });

  it('goes on without requests where the plan says so, after the time it says', () => {
    const plan = canary({ steps: [50, 100], bakeSeconds: 10, quiet: 'continue', quietSeconds: 90 });
    const { moves, second } = walk(plan, { ...GOOD, requestsASecond: 0 });
    expect(moves).toEqual(['step', 'promote']);
    expect(second).toBe(200);
  });
});

describe('a canary counts', () => {
  const plan = canary({ steps: [10, 100], bakeSeconds: 6, minRequests: 50 });
  const counters = (requests: number, refused = 0): Counts => ({ ...noCounts(), requests, refused });
  const at = (version: Counts): Observation => ({ ...calm(begun(plan)), version });

  it('nothing that its version answered before the rollout began', () => {
    const before = { life: 1, version: counters(60, 60), former: counters(5), shadow: noShadowSums() };
    const rollout = begun(plan, before);
    const later = advanceRollout(rollout, { ...at(counters(60, 60)), former: counters(5) }, 60 * SECOND);
    expect(later).toMatchObject({ move: 'stay', rollout: { state: 'holding', step: 0 } });
    expect(later.rollout.counts.version.requests).toBe(0);
    expect(later.rollout.says).toContain('0 of the 50 requests');
  });

  it('no request that was refused as invalid as one that shows what the version does', () => {
    const later = advanceRollout(begun(plan, calmSeen()), at(counters(80, 60)), 60 * SECOND);
    expect(later.rollout).toMatchObject({ state: 'holding', step: 0 });
    expect(later.rollout.says).toContain(
      '20 of the 50 requests that this step needs, 60 more were refused as invalid',
    );
  });
});

describe('labels', () => {
  const plan = canary({ steps: [50, 100], bakeSeconds: 60, minRequests: 0 });
  const rows = (had: number, of: number) => ({ had, of });
  /** Of 1,000 labelled predictions: frauds, and how many of them were missed. */
  const fraud = (missed: number, of: number) => ({
    wrong: rows(missed + 10, 25 * of),
    missed: [
      { name: 'fraud', ...rows(missed, of) },
      { name: 'good', ...rows(10, 24 * of) },
    ],
    measures: [],
  });
  const after = (quality: Quality, seconds = 1) =>
    advanceRollout(begun(plan, calmSeen()), { ...calm(begun(plan)), quality }, seconds * SECOND);

  it('abort a version that misses more of a rare class, whatever its share of wrong predictions', () => {
    const { move, rollout } = after({ version: fraud(212, 400), former: fraud(132, 400) });
    expect(move).toBe('abort');
    expect(rollout.says).toMatch(
      /^Version 2 is worse by classes: 53 % \(212 of 400, 95 % interval 48.1 to 57.8 %\) of class fraud were missed; of the previous version 33 % .* Version 1 answers again\.$/,
    );
    expect(rollout.checks.find(({ rule }) => rule === 'quality')!.verdict).not.toBe('worse');
  });

  it('hold a version that may be worse, and let it go on once more of them lift the doubt', () => {
    const held = after({ version: fraud(22, 40), former: fraud(12, 40) }, 61);
    expect(held).toMatchObject({ move: 'stay', rollout: { state: 'holding' } });
    expect(held.rollout.says).toMatch(
      /^Holds at 50 %: version 2 may be worse\. 55 % .* More labels decide; promote or roll it back/,
    );
    const same = advanceRollout(held.rollout, calm(held.rollout), 3600 * SECOND);
    expect(same.rollout.state).toBe('holding');
    const lifted = { version: fraud(40, 120), former: fraud(38, 120) };
    expect(
      advanceRollout(same.rollout, { ...calm(same.rollout), quality: lifted }, 3601 * SECOND),
    ).toMatchObject({
      move: 'step',
      rollout: { state: 'running', step: 1 },
    });
  });

  it('spend none of their chance on looks without new ones', () => {
    let { rollout } = after({ version: fraud(22, 40), former: fraud(12, 40) }, 61);
    const { labelLooks } = rollout;
    for (let second = 62; second < 100; second++)
      rollout = advanceRollout(rollout, calm(rollout), second * SECOND).rollout;
    expect(rollout.labelLooks).toEqual(labelLooks);
  });
});

it('a rollout that an earlier release kept goes on', () => {
  const { labelLooks: _, ...rollout } = begun(canary());
  const { lossRatio: __, ...abort } = rollout.plan.abort;
  const kept = {
    ...rollout,
    plan: { ...rollout.plan, abort },
    looks: 3,
    nextLook: 12,
    quality: { version: { had: 1, of: 9 }, former: { had: 1, of: 9 } },
  };
  const restored = restoredRollout(kept as unknown as RolloutState);
  expect(restored).toMatchObject({ looks: { count: 3 }, labelLooks: { count: 0 }, quality: null });
  expect(restored.plan).toEqual(rollout.plan);
  expect(advanceRollout(restored, calm(restored), SECOND).move).toBe('stay');
});

describe('the chance of a false alarm', () => {
  it('is kept, however often the rules look', () => {
    const same = { errors: 0.04, refused: 0.04, ms: 20 };
    const world: World = { version: same, former: same, requestsASecond: 30 };
    const plan = canary({
      steps: [20, 100],
      bakeSeconds: 60,
      abort: { ...canary().abort, errorPoints: 0, latencyRatio: 1, latencyFloorMs: 0, falseAlarm: 0.05 },
    });
    const runs = Array.from({ length: 100 }, (_, seed) => walk(plan, world, { seed: seed + 1 }).rollout);
    const aborted = runs.filter(({ state }) => state === 'aborted');
    // Four rules of 5 % each; the quantiles of the former version are themselves estimates.
    expect(aborted.length).toBeLessThan(20);
    expect(aborted.filter(({ says }) => says.includes('errors')).length).toBeLessThanOrEqual(5);
  });
});

describe('a shadow', () => {
  const plan = planOf({ strategy: 'shadow', percent: 50, bakeSeconds: 30 });

  it('is never promoted by itself', () => {
    const { rollout, moves } = walk(plan, GOOD);
    expect(moves).toEqual([]);
    expect(rollout).toMatchObject({ state: 'holding', says: expect.stringContaining('promotes it') });
  });

  it('that fails, or is slow, is aborted', () => {
    expect(walk(plan, { ...GOOD, version: { errors: 0.5 } }).rollout.state).toBe('aborted');
    expect(walk(plan, { ...GOOD, version: { ms: 90 } }).rollout.says).toMatch(/worse by p95/);
  });
});

const calmSeen = () => ({ life: 1, version: noCounts(), former: noCounts(), shadow: noShadowSums() });

const calm = (rollout: RolloutState): Observation => ({
  ...(rollout.seen ?? { life: 1, version: noCounts(), former: noCounts(), shadow: noShadowSums() }),
  isLoaded: true,
  quality: null,
  alerts: [],
});

describe('a rollout', () => {
  it('is aborted when labels say that the version is wrong more often', () => {
    const rollout = begun(canary());
    const of = (wrong: Share) => ({ wrong, missed: [], measures: [] });
    const quality = { version: of({ had: 40, of: 100 }), former: of({ had: 20, of: 200 }) };
    const { move, rollout: ended } = advanceRollout(rollout, { ...calm(rollout), quality }, SECOND);
    expect({ move, says: ended.says }).toMatchObject({
      move: 'abort',
      says: expect.stringContaining('quality'),
    });
  });

  it('is aborted by an alert about the version', () => {
    const rollout = begun(canary());
    const seen = { ...calm(rollout), alerts: ['Accuracy fell from 0.9 to 0.6.'] };
    expect(advanceRollout(rollout, seen, SECOND).rollout.says).toContain('Accuracy fell');
  });

  it('is aborted when the version is gone, and when the process died twice', () => {
    const rollout = begun(canary());
    expect(advanceRollout(rollout, { ...calm(rollout), isLoaded: false }, SECOND).move).toBe('abort');
    let dying = advanceRollout(rollout, { ...calm(rollout), life: 1 }, SECOND).rollout;
    dying = advanceRollout(dying, { ...calm(rollout), life: 2 }, 2 * SECOND).rollout;
    expect(dying.state).toBe('running');
    expect(advanceRollout(dying, { ...calm(rollout), life: 3 }, 3 * SECOND).rollout.says).toContain('deaths');
  });

  it('counts on over a new life of the data plane, whose counters begin at nothing', () => {
    const counters = (requests: number) => ({ ...noCounts(), requests });
    const at = (life: number, requests: number): Observation => ({
      ...calm(begun(canary())),
      life,
      version: counters(requests),
    });
    let rollout = begun(canary());
    for (const seen of [at(1, 100), at(1, 130), at(2, 4), at(2, 9)])
      rollout = advanceRollout(rollout, seen, SECOND).rollout;
    expect(rollout.counts.version.requests).toBe(39);
  });

  it('that has ended stays as it is', () => {
    const ended = abortRollout(begun(canary()), SECOND, 'Rolled back by anna.');
    expect(advanceRollout(ended, { ...calm(ended), isLoaded: false }, 9 * SECOND)).toEqual({
      rollout: ended,
      move: 'stay',
    });
  });

  it('survives being written down at any moment', () => {
    const { rollout } = walk(canary(), GOOD, { seconds: 77 });
    expect(JSON.parse(JSON.stringify(rollout))).toEqual(rollout);
  });

  it('whatever happens, never gives back what it took but by an abort, and is promoted only after every step', () => {
    const behaviour = fc.record({
      errors: fc.constantFrom(0, 0, 0.01, 0.5),
      ms: fc.constantFrom(1, 1, 3, 80),
    });
    const worlds = fc.record({
      version: behaviour,
      former: behaviour,
      requestsASecond: fc.constantFrom(0, 1, 10),
    });
    const plans = fc
      .record({
        strategy: fc.constantFrom('canary', 'blue-green', 'shadow'),
        steps: fc.constantFrom([100], [10, 100], [1, 5, 25, 100]),
        bakeSeconds: fc.integer({ min: 0, max: 20 }),
        minRequests: fc.integer({ min: 0, max: 40 }),
        quiet: fc.constantFrom('hold', 'continue'),
        quietSeconds: fc.integer({ min: 0, max: 30 }),
      })
      .map((plan) => rolloutPlanSchema.parse(plan));
    fc.assert(
      fc.property(plans, worlds, fc.integer({ min: 1, max: 1000 }), (plan, world, seed) => {
        const { rollout, moves, second } = walk(plan, world, { seconds: 150, seed });
        const percents = rollout.history.map(({ percent }) => percent);
        expect(percents).toEqual(percents.toSorted((a, b) => a - b));
        const ends = moves.filter((move) => move !== 'step');
        expect(ends.length).toBeLessThanOrEqual(1);
        if (moves.at(-1) !== 'promote') return;
        const steps = stepsOf(plan).length;
        expect(plan.strategy).not.toBe('shadow');
        expect(moves).toHaveLength(steps);
        expect(second).toBeGreaterThanOrEqual(steps * plan.bakeSeconds);
        if (plan.quiet === 'hold')
          expect(rollout.counts.version.requests).toBeGreaterThanOrEqual(plan.minRequests);
      }),
      { numRuns: 80 },
    );
  });
});
