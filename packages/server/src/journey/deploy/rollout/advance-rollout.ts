import { type Counts, noCounts, noShadowSums, plus, plusShadow, shadowSince, since } from './counts.ts';
import { FIRST_LOOK, type Observation, type RolloutState, stepsOf, takes, told } from './rollout-state.ts';
import { judge } from './rules.ts';

/** What has to be done in the world for the rollout to be what it says. */
export type RolloutMove = 'stay' | 'step' | 'promote' | 'abort';
export type Advanced = { rollout: RolloutState; move: RolloutMove };

/** Requests between two looks of the rules grow by half. */
const LOOK_GROWTH = 1.5;
/** Of the former version over the same time, to be preferred to what it did before. */
const ENOUGH_FORMER = 20;

/**
 * The rollout after a look at the world: the whole state machine, and pure. A rollout that has ended stays as it is.
 *
 * - A rule that calls the version worse aborts, at any time.
 * - A step that was watched for `bakeSeconds`, in which the version answered `minRequests`, gives way to the next; after
 *   the last one the version is promoted. A shadow is never promoted by itself: it holds until a person does.
 * - Where the requests do not come it holds, and goes on when they do; or goes on after `quietSeconds`, if the plan says so.
 *
 * Rules look when the version's requests in a step have grown by half, and before a step is left. The k-th look (from 0)
 * spends 1 / ((k + 1) (k + 2)) of the chance of a false alarm, which sums to one however often they look.
 */
export function advanceRollout(rollout: RolloutState, seen: Observation, now: number): Advanced {
  if (rollout.state === 'done' || rollout.state === 'aborted') return { rollout, move: 'stay' };
  if (seen.isLoaded === false)
    return abort(rollout, now, `Version ${rollout.version} is not loaded any more.`);
  const counted = count(rollout, seen);
  const isOver = now - counted.stepSince >= counted.plan.bakeSeconds * 1000;
  const isEnough = answered(counted).requests >= counted.plan.minRequests;
  const mayLeave =
    isOver && (isEnough || isQuietLongEnough(counted, now)) && !(isShadow(counted) && isHolding(counted));
  const judged = mayLeave || isDue(counted, seen) ? look(counted, seen) : counted;
  const worse = judged.checks.find(({ verdict }) => verdict === 'worse');
  if (worse !== undefined) return abort(judged, now, `It is worse by ${worse.rule}: ${worse.says}`);
  if (mayLeave) return leave(judged, now, isEnough);
  return stay(judged, now, isOver);
}

/** Ends it because a person, or something that came between, says so. */
export function abortRollout(rollout: RolloutState, now: number, says: string): RolloutState {
  return told({ ...rollout, state: 'aborted' }, now, says);
}

/** Ends it with the version promoted. */
export function finishRollout(rollout: RolloutState, now: number, says: string): RolloutState {
  return told({ ...rollout, state: 'done' }, now, says);
}

/** What the rules compare: of a shadow its copies, else what the version answered itself. */
export function answered(rollout: Pick<RolloutState, 'plan' | 'shadow' | 'counts'>): Counts {
  return rollout.plan.strategy === 'shadow' ? rollout.shadow.copies : rollout.counts.version;
}

/** What it is compared with. */
export function comparedWith({ plan, shadow, counts, before }: RolloutState): Counts {
  if (plan.strategy === 'shadow') return shadow.live;
  return isSameTime({ plan, counts }) ? counts.former : plus(before, counts.former);
}

function isSameTime({ plan, counts }: Pick<RolloutState, 'plan' | 'counts'>): boolean {
  return plan.strategy === 'shadow' || counts.former.requests >= ENOUGH_FORMER;
}

/** Adds what the counters say since the last look. A first look only says where they stand. */
function count(rollout: RolloutState, now: Observation): RolloutState {
  const { seen, counts, shadow } = rollout;
  const next = { life: now.life, version: now.version, former: now.former, shadow: now.shadow };
  const quality = now.quality ?? rollout.quality;
  if (seen === null) return { ...rollout, seen: next, quality, before: plus(rollout.before, now.former) };
  const sameLife = seen.life === now.life;
  const base = sameLife ? seen : { version: noCounts(), former: noCounts(), shadow: noShadowSums() };
  return {
    ...rollout,
    seen: next,
    quality,
    deaths: rollout.deaths + (sameLife ? 0 : 1),
    counts: {
      version: plus(counts.version, since(now.version, base.version)),
      former: plus(counts.former, since(now.former, base.former)),
    },
    shadow: plusShadow(shadow, shadowSince(now.shadow, base.shadow)),
  };
}

function isDue(rollout: RolloutState, { alerts, quality }: Observation): boolean {
  return (
    answered(rollout).requests >= rollout.nextLook ||
    quality !== null ||
    alerts.length > 0 ||
    rollout.deaths > 1
  );
}

function look(rollout: RolloutState, { alerts }: Observation): RolloutState {
  const { plan, looks, quality, deaths } = rollout;
  const version = answered(rollout);
  const former = comparedWith(rollout);
  const sight = { version, former, isSameTime: isSameTime(rollout), quality, alerts, deaths };
  const significance = plan.abort.falseAlarm / ((looks + 1) * (looks + 2));
  return {
    ...rollout,
    looks: looks + 1,
    nextLook: Math.max(FIRST_LOOK, Math.ceil(version.requests * LOOK_GROWTH)),
    checks: judge(sight, plan.abort, significance),
  };
}

function isQuietLongEnough({ plan, stepSince }: RolloutState, now: number): boolean {
  const seconds = plan.bakeSeconds + plan.quietSeconds;
  return plan.quiet === 'continue' && now - stepSince >= seconds * 1000;
}

function leave(rollout: RolloutState, now: number, isEnough: boolean): Advanced {
  const { plan, version, step } = rollout;
  if (plan.strategy === 'shadow') return stay(rollout, now, true);
  const why = isEnough ? 'Nothing speaks against it' : 'Too few requests came, and the plan says to go on';
  if (step + 1 === stepsOf(plan).length)
    return {
      rollout: finishRollout(rollout, now, `${why}: version ${version} is promoted.`),
      move: 'promote',
    };
  const next = begin({ ...rollout, step: step + 1 }, now);
  return { rollout: told(next, now, `${why}: version ${version} ${takes(next)}.`), move: 'step' };
}

function begin(rollout: RolloutState, now: number): RolloutState {
  return {
    ...rollout,
    state: 'running',
    stepSince: now,
    before: plus(rollout.before, rollout.counts.former),
    counts: { version: noCounts(), former: noCounts() },
    shadow: noShadowSums(),
    nextLook: FIRST_LOOK,
  };
}

function stay(rollout: RolloutState, now: number, isOver: boolean): Advanced {
  const state = isOver && (isShadow(rollout) || rollout.plan.quiet === 'hold') ? 'holding' : 'running';
  if (state === 'running' && rollout.state === 'running') return { rollout, move: 'stay' };
  const changed = { ...rollout, state } as const;
  const says =
    state === 'holding' ? waitsFor(changed) : `Goes on: version ${rollout.version} ${takes(rollout)}.`;
  if (state === rollout.state) return { rollout: { ...rollout, says }, move: 'stay' };
  return { rollout: told(changed, now, says), move: 'stay' };
}

function isHolding({ state }: RolloutState): boolean {
  return state === 'holding';
}

function isShadow({ plan }: RolloutState): boolean {
  return plan.strategy === 'shadow';
}

function waitsFor(rollout: RolloutState): string {
  const { requests } = answered(rollout);
  const { minRequests } = rollout.plan;
  if (requests < minRequests)
    return `Holds: ${requests === 0 ? 'no requests' : `${requests} requests`} in this step, and ${minRequests} are wanted.`;
  return 'Holds: nothing speaks against it; it answers when somebody promotes it.';
}

function abort(rollout: RolloutState, now: number, says: string): Advanced {
  return { rollout: abortRollout(rollout, now, says), move: 'abort' };
}
