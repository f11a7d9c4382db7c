import type { LabelledVersion, Rollout, ShadowComparison, VersionCounts } from '@slipway/contract';
import { answered, comparedWith } from './advance-rollout.ts';
import type { Counts, ShadowSums } from './counts.ts';
import { quantileMs } from './latency-sketch.ts';
import { type Measure, shownValue, type VersionQuality } from './quality.ts';
import { percentOf, type RolloutState, restoredRollout } from './rollout-state.ts';
import { type Share, wilsonInterval } from './share-tests.ts';

/** A rollout as the contract shows it. */
export function rolloutView(
  id: string,
  kept: RolloutState,
  { createdAt, endedAt }: { createdAt: string; endedAt: string | null },
): Rollout {
  const rollout = restoredRollout(kept);
  const { state, version, former, plan, step, stepSince, says, checks, history, by } = rollout;
  const isShadow = plan.strategy === 'shadow';
  return {
    id,
    state,
    version,
    former: former.version,
    plan,
    step,
    percent: percentOf(rollout),
    since: iso(stepSince),
    says,
    counts:
      rollout.seen === null
        ? null
        : {
            version: countsView(version, answered(rollout)),
            former: countsView(former.version, comparedWith(rollout)),
          },
    shadow: isShadow ? shadowView(version, rollout.shadow) : null,
    labels:
      rollout.quality === null
        ? null
        : {
            version: labelledView(version, rollout.quality.version),
            former: labelledView(former.version, rollout.quality.former),
          },
    checks,
    history: history.map((entry) => ({ ...entry, at: iso(entry.at) })),
    by,
    startedAt: createdAt,
    endedAt,
  };
}

function countsView(version: number, { requests, errors, refused, latency }: Counts): VersionCounts {
  const at = (share: number) => quantileMs(latency, share) ?? null;
  return { version, requests, errors, refused, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
}

function labelledView(version: number, { wrong, missed, measures }: VersionQuality): LabelledVersion {
  return {
    version,
    rows: wrong.of,
    wrong: wrong.of === 0 ? null : shareView(wrong),
    missed: missed.map(({ name, ...share }) => ({ class: name, ...shareView(share) })),
    measures: measures.map((measure: Measure) => ({ name: measure.id, value: shownValue(measure) })),
  };
}

function shareView({ had, of }: Share) {
  return { count: had, rows: of, ...wilsonInterval({ had, of }) };
}

/** How the answers of a shadow compare, from their sums. */
export function shadowView(version: number, sums: ShadowSums): ShadowComparison {
  return {
    version,
    compared: sums.rows,
    agreement: ratio(sums.agreed, sums.rows),
    meanAbsoluteDifference: ratio(sums.difference, sums.differences),
    failed: sums.copies.errors,
    dropped: sums.dropped,
    liveMs: quantileMs(sums.live.latency, 0.5) ?? null,
    shadowMs: quantileMs(sums.copies.latency, 0.5) ?? null,
  };
}

function ratio(sum: number, of: number): number | null {
  return of === 0 ? null : sum / of;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
