import { type EndpointSpec, type RolloutCheck, type RolloutPlan, rolloutPlanSchema } from '@slipway/contract';
import { type Counts, noCounts, noShadowSums, type ShadowSums } from './counts.ts';
import type { Quality } from './quality.ts';

/** All there is to know of a rollout: plain data, kept as a document, so that any process can go on with it. */
export type RolloutState = {
  state: 'running' | 'holding' | 'done' | 'aborted';
  plan: RolloutPlan;
  /** What the endpoint will be declared to be when it is done; all but its versions counts from the beginning. */
  spec: EndpointSpec;
  reason: 'promote' | 'set';
  version: number;
  bundleId: string;
  former: { revision: number; version: number };
  step: number;
  /** Epoch milliseconds, as all moments here. */
  stepSince: number;
  says: string;
  /** The data plane's counters as they were at the last look, and the process that they were of. */
  seen: Seen | null;
  /** Since the step began. */
  counts: { version: Counts; former: Counts };
  /** Of the former version, before the step: from the life of the data plane before, and from earlier steps. */
  before: Counts;
  shadow: ShadowSums;
  quality: Quality | null;
  /** Of the rules on requests, in this step. */
  looks: Looks;
  /** Of the rules on labels, since the rollout began. */
  labelLooks: Looks;
  checks: RolloutCheck[];
  deaths: number;
  history: { at: number; percent: number; says: string }[];
  by: string;
  startedAt: number;
};

/** How often rules looked, at how many rows (requests, labelled predictions) they did last, and at how many the next look is due. */
export type Looks = { count: number; at: number; next: number };

export type Seen = { life: number; version: Counts; former: Counts; shadow: ShadowSums };

/** What the world looks like when the machine looks at it. */
export type Observation = {
  /** The data plane's process. */
  life: number;
  /** Whether the data plane has the version: null while it cannot tell. */
  isLoaded: boolean | null;
  version: Counts;
  former: Counts;
  shadow: ShadowSums;
  /** Null where nothing new was looked for. */
  quality: Quality | null;
  alerts: readonly string[];
};

export type NewRollout = Pick<
  RolloutState,
  'plan' | 'spec' | 'reason' | 'version' | 'bundleId' | 'former' | 'by' | 'seen'
> & { now: number };

/** Requests of the version in a step, and labelled predictions of it, at which the rules look for the first time. */
const FIRST_LOOK = 5;
const FIRST_LABEL_LOOK = 20;

/** The same count of looks, with the first one of a step ahead. */
export function looksInStep(count: number): Looks {
  return { count, at: NEVER, next: FIRST_LOOK };
}

export function looksAtLabels(): Looks {
  return { count: 0, at: NEVER, next: FIRST_LABEL_LOOK };
}

/** Below every number of rows, so that a step is never left without a look. */
const NEVER = -1;

export function newRollout({ now, ...wanted }: NewRollout): RolloutState {
  const fresh: RolloutState = {
    ...wanted,
    state: 'running',
    step: 0,
    stepSince: now,
    says: '',
    counts: { version: noCounts(), former: noCounts() },
    before: wanted.seen?.former ?? noCounts(),
    shadow: noShadowSums(),
    quality: null,
    looks: looksInStep(0),
    labelLooks: looksAtLabels(),
    checks: [],
    deaths: 0,
    history: [],
    startedAt: now,
  };
  return told(fresh, now, `Version ${wanted.version} ${takes(fresh)}.`);
}

/** What an earlier release kept of a rollout, in the form of this one. */
export function restoredRollout(document: RolloutState): RolloutState {
  const { looks, labelLooks, quality, plan } = document as Omit<RolloutState, 'looks' | 'labelLooks'> & {
    looks: Looks | number;
    labelLooks?: Looks;
  };
  return {
    ...document,
    plan: rolloutPlanSchema.parse(plan),
    looks: typeof looks === 'number' ? looksInStep(looks) : looks,
    labelLooks: labelLooks ?? looksAtLabels(),
    quality: quality !== null && 'wrong' in quality.version ? quality : null,
  };
}

/** The percentages of its steps. */
export function stepsOf(plan: RolloutPlan): readonly number[] {
  return STEPS[plan.strategy](plan);
}

const STEPS: Record<RolloutPlan['strategy'], (plan: RolloutPlan) => readonly number[]> = {
  'all-at-once': () => [100],
  canary: ({ steps }) => steps,
  'blue-green': () => [100],
  shadow: ({ percent }) => [percent],
};

/** Share of the requests that the version answers now, or of which it gets copies. */
export function percentOf({ plan, step }: Pick<RolloutState, 'plan' | 'step'>): number {
  return stepsOf(plan)[step]!;
}

export function takes(rollout: Pick<RolloutState, 'plan' | 'step'>): string {
  const percent = percentOf(rollout);
  return rollout.plan.strategy === 'shadow'
    ? `gets copies of ${percent} % of the requests`
    : `answers ${percent} % of the requests`;
}

/** The rollout with a sentence that is also its history's next. */
export function told(rollout: RolloutState, now: number, says: string): RolloutState {
  const entry = { at: now, percent: percentOf(rollout), says };
  return { ...rollout, says, history: [...rollout.history, entry] };
}

/** Whether more than half of the requests are the version's own. */
export function answersMost(rollout: Pick<RolloutState, 'plan' | 'step'>): boolean {
  return rollout.plan.strategy !== 'shadow' && percentOf(rollout) > 50;
}
