import type { RolloutCheck } from '@slipway/contract';
import { type Counts, noCounts, noShadowSums, plus, plusShadow, shadowSince, since } from './counts.ts';
import { judgeQuality, labelledRows } from './quality.ts';
import {
  type Looks,
  looksInStep,
  type Observation,
  percentOf,
  type RolloutState,
  stepsOf,
  takes,
  told,
} from './rollout-state.ts';
import { judgeEvents, judgeRequests } from './rules.ts';

/** What has to be done in the world for the rollout to be what it says. */
export type RolloutMove = 'stay' | 'step' | 'promote' | 'abort';
export type Advanced = { rollout: RolloutState; move: RolloutMove };

/** Rows between two looks of the rules grow by half; before a step is left, by a tenth. */
const LOOK_GROWTH = 1.5;
const LEAST_GROWTH = 1.1;
/** Of the former version over the same time, to be preferred to what it did before. */
const ENOUGH_FORMER = 20;

/**
 * The rollout after a look at the world: the whole state machine, and pure. A rollout that has ended stays as it is.
 *
 * - A rule that calls the version worse aborts, at any time.
 * - A step that was watched for `bakeSeconds`, in which the version predicted `minRequests`, gives way to the next; after
 *   the last one the version is promoted. A shadow is never promoted by itself: it holds until a person does.
 * - Where the requests do not come it holds, and goes on when they do; or goes on after `quietSeconds`, if the plan says so.
 * - Where labels make it doubtful that the version is as good, it holds until more of them decide, or a person does.
 *
 * Rules look when the version's requests in a step (of the rules on labels: its labelled predictions) have grown by half, and
 * before a step is left. The k-th look (from 0) spends 1 / ((k + 1) (k + 2)) of the chance of a false alarm, which sums to one
 * however often they look.
 */
export function advanceRollout(rollout: RolloutState, seen: Observation, now: number): Advanced {
  if (rollout.state === 'done' || rollout.state === 'aborted') return { rollout, move: 'stay' };
  if (seen.isLoaded === false)
    return abort(
      rollout,
      now,
      `Version ${rollout.version} is not loaded any more. Version ${rollout.former.version} answers again.`,
    );
  const counted = count(rollout, seen);
  const isOver = now - counted.stepSince >= counted.plan.bakeSeconds * 1000;
  const isEnough = predicted(counted) >= counted.plan.minRequests;
  const mayLeave =
    isOver && (isEnough || isQuietLongEnough(counted, now)) && !(isShadow(counted) && isHolding(counted));
  const judged = look(counted, seen, mayLeave);
  const worse = judged.checks.find(({ verdict }) => verdict === 'worse');
  if (worse !== undefined) return abort(judged, now, worseBy(judged, worse));
  if (mayLeave && doubtOf(judged) === undefined) return leave(judged, now, isEnough);
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

/** Requests that tell something of the version: what it refused as invalid was its callers' doing. */
function predicted(rollout: RolloutState): number {
  const { requests, refused } = answered(rollout);
  return requests - refused;
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

/** The rollout with what the rules say, each as of its last look. */
function look(rollout: RolloutState, { quality, alerts }: Observation, isLeaving: boolean): RolloutState {
  const ofRequests = lookAtRequests(rollout, isLeaving);
  const looked = lookAtLabels(ofRequests, quality !== null, isLeaving);
  const events = judgeEvents({ alerts, deaths: looked.deaths });
  return { ...looked, checks: replaced(looked.checks, events) };
}

function lookAtRequests(rollout: RolloutState, isLeaving: boolean): RolloutState {
  const { plan, looks, checks } = rollout;
  const version = answered(rollout);
  if (!isDue(looks, version.requests, isLeaving)) return rollout;
  const sight = { version, former: comparedWith(rollout), isSameTime: isSameTime(rollout) };
  const judged = judgeRequests(sight, plan.abort, spending(plan, looks));
  return { ...rollout, looks: afterLook(looks, version.requests), checks: replaced(checks, judged) };
}

/** New labels may lift or raise a doubt at any time; only a look that is due may abort. */
function lookAtLabels(rollout: RolloutState, isNew: boolean, isLeaving: boolean): RolloutState {
  const { plan, labelLooks, quality, checks } = rollout;
  const rows = labelledRows(quality);
  const due = isDue(labelLooks, rows, isLeaving);
  if (!isNew && !due) return rollout;
  const isAimed = due && rows > 0;
  const worse = isAimed ? spending(plan, labelLooks) : 0;
  return {
    ...rollout,
    labelLooks: isAimed ? afterLook(labelLooks, rows) : labelLooks,
    checks: replaced(checks, judgeQuality(quality, plan.abort, worse)),
  };
}

function isDue({ at, next }: Looks, rows: number, isLeaving: boolean): boolean {
  return rows >= next || (isLeaving && rows > at * LEAST_GROWTH);
}

function afterLook({ count: before, next }: Looks, rows: number): Looks {
  return { count: before + 1, at: rows, next: Math.max(next, Math.ceil(rows * LOOK_GROWTH)) };
}

function spending({ abort: { falseAlarm } }: RolloutState['plan'], looks: Looks): number {
  return falseAlarm / ((looks.count + 1) * (looks.count + 2));
}

const ORDER: readonly RolloutCheck['rule'][] = [
  ...(['errors', 'refusals', 'p95', 'p99', 'quality', 'classes', 'measures', 'alerts', 'deaths'] as const),
];

function replaced(checks: readonly RolloutCheck[], by: readonly RolloutCheck[]): RolloutCheck[] {
  const kept = checks.filter(({ rule }) => !by.some((each) => each.rule === rule));
  return [...kept, ...by].toSorted((a, b) => ORDER.indexOf(a.rule) - ORDER.indexOf(b.rule));
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
    looks: looksInStep(rollout.looks.count),
  };
}

function stay(rollout: RolloutState, now: number, isOver: boolean): Advanced {
  const isWaiting = isShadow(rollout) || rollout.plan.quiet === 'hold' || doubtOf(rollout) !== undefined;
  const state = isOver && isWaiting ? 'holding' : 'running';
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
  const { version, plan } = rollout;
  const holds = `Holds at ${percentOf(rollout)} %`;
  const missing = predicted(rollout);
  if (missing < plan.minRequests) {
    const { refused } = answered(rollout);
    const others = refused === 0 ? '' : `, ${refused} more were refused as invalid`;
    return `${holds}: version ${version} has answered ${missing} of the ${plan.minRequests} requests that this step needs${others}. It goes on when they come; promote or roll it back to decide now.`;
  }
  const doubt = doubtOf(rollout);
  if (doubt !== undefined)
    return `${holds}: version ${version} may be worse. ${doubt.says} More labels decide; promote or roll it back to decide now.`;
  return `${holds}: nothing speaks against version ${version}. It answers when somebody promotes it.`;
}

/** What is not certain, and matters if it is so. */
function doubtOf({ checks }: RolloutState): RolloutCheck | undefined {
  return checks.find(({ verdict }) => verdict === 'uncertain');
}

function worseBy({ version, former }: RolloutState, { rule, says }: RolloutCheck): string {
  return `Version ${version} is worse by ${rule}: ${says} Version ${former.version} answers again.`;
}

function abort(rollout: RolloutState, now: number, says: string): Advanced {
  return { rollout: abortRollout(rollout, now, says), move: 'abort' };
}
