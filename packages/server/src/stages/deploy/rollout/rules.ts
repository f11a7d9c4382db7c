import type { RolloutCheck, RolloutPlan } from '@slipway/contract';
import type { Counts } from './counts.ts';
import { countOf, quantileMs, slowerThan } from './latency-sketch.ts';
import { binomialTail, fisherExact, type Share } from './share-tests.ts';

/** The requests of the two versions when the rules look. */
export type Sight = {
  version: Counts;
  /** The former version over the same time, or where it had no requests then, before. */
  former: Counts;
  /** Whether both answered over the same time, and so under the same load. */
  isSameTime: boolean;
};

export type Events = {
  /** Sentences of alerts about the version. */
  alerts: readonly string[];
  /** How often the process that answers crashed since the rollout began. */
  deaths: number;
};

type Abort = RolloutPlan['abort'];

/** One reason to stop. `significance` is what this look may spend of the chance of a false alarm. */
type Rule = (sight: Sight, abort: Abort, significance: number) => RolloutCheck;

/** Below this the former version says too little to compare with. */
const LEAST_FORMER = 20;
/** What is tolerated of latencies is so much more where the load may have been another. */
const OTHER_TIME_SLACK = 2;
/** What any version may fail where there is no former one to compare with. */
const USUAL_ERRORS = 0.01;

const RULES: readonly Rule[] = [
  (sight, abort, significance) => errors(sight, abort, significance),
  (sight, abort, significance) =>
    shares('refusals', 'were refused as wrong', {
      version: { had: sight.version.refused, of: sight.version.requests },
      former: { had: sight.former.refused, of: sight.former.requests },
      points: abort.errorPoints,
      significance,
    }),
  (sight, abort, significance) => latency('p95', 0.95, sight, abort, significance),
  (sight, abort, significance) => latency('p99', 0.99, sight, abort, significance),
];

/**
 * What the rules on requests say. Shares are compared by Fisher's exact test, one-sided; a latency quantile by an exact
 * binomial test of how many requests took longer than the former version's quantile and what is tolerated. A rule calls a
 * version worse when that is significant and the difference matters.
 */
export function judgeRequests(sight: Sight, abort: Abort, significance: number): RolloutCheck[] {
  return RULES.map((rule) => rule(sight, abort, significance));
}

/** What the rules on events say, which no chance explains. */
export function judgeEvents({ alerts, deaths }: Events): RolloutCheck[] {
  return [
    {
      rule: 'alerts',
      verdict: alerts.length === 0 ? 'fine' : 'worse',
      says: alerts[0] ?? 'No alert is about this version.',
    },
    {
      rule: 'deaths',
      verdict: deaths < 2 ? 'fine' : 'worse',
      says: `The process that answers crashed ${deaths} times since the rollout began.`,
    },
  ];
}

function errors({ version, former }: Sight, abort: Abort, significance: number): RolloutCheck {
  const own: Share = { had: version.errors, of: version.requests };
  const points = abort.errorPoints;
  if (former.requests >= LEAST_FORMER) {
    const others: Share = { had: former.errors, of: former.requests };
    return shares('errors', 'failed', { version: own, former: others, points, significance });
  }
  const allowed = USUAL_ERRORS + points / 100;
  const isWorse = binomialTail(own, allowed) < significance;
  const says = `${told(own, 'failed')}; the previous version answered too few requests to compare with, so ${percent(allowed)} is allowed.`;
  return { rule: 'errors', verdict: isWorse ? 'worse' : own.of === 0 ? 'too-few' : 'fine', says };
}

type Compared = { version: Share; former: Share; points: number; significance: number };

function shares(
  rule: RolloutCheck['rule'],
  what: string,
  { version, former, points, significance }: Compared,
): RolloutCheck {
  if (version.of === 0 || former.of < LEAST_FORMER)
    return { rule, verdict: 'too-few', says: 'Too few to compare.' };
  const difference = version.had / version.of - former.had / former.of;
  const isWorse = difference * 100 > points && fisherExact(version, former) < significance;
  const says = `${told(version, what)}; of the previous version ${told(former, '').trim()}.`;
  return { rule, verdict: isWorse ? 'worse' : 'fine', says };
}

function latency(
  rule: 'p95' | 'p99',
  share: number,
  { version, former, isSameTime }: Sight,
  abort: Abort,
  significance: number,
): RolloutCheck {
  const usual = quantileMs(former.latency, share);
  const own = quantileMs(version.latency, share);
  // Five requests beyond the quantile, below which it is anybody's guess.
  if (usual === undefined || own === undefined || countOf(former.latency) * (1 - share) < 5)
    return { rule, verdict: 'too-few', says: 'Too few to compare.' };
  const slack = isSameTime ? 1 : OTHER_TIME_SLACK;
  const allowed = Math.max(usual * abort.latencyRatio * slack, usual + abort.latencyFloorMs * slack);
  const slow: Share = { had: slowerThan(version.latency, allowed), of: countOf(version.latency) };
  const isWorse = binomialTail(slow, 1 - share) < significance;
  const says = `${rule} is ${milliseconds(own)}; ${milliseconds(usual)} of the previous version, ${milliseconds(allowed)} allowed.`;
  return { rule, verdict: isWorse ? 'worse' : 'fine', says };
}

function told({ had, of }: Share, what: string): string {
  return `${had} of ${of} (${percent(of === 0 ? 0 : had / of)}) ${what}`.trim();
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function milliseconds(ms: number): string {
  return `${Number(ms.toPrecision(3))} ms`;
}
