import { type FailureData, isFailure } from '@slipway/contract';
import type { DataPlaneStats, EndpointOutcome } from './model.ts';
import type { EndpointLedger, LiveQuality, OpenRollout, RolloutEvent } from './ports.ts';
import { type Advanced, abortRollout, advanceRollout } from './rollout/advance-rollout.ts';
import { type Counts, noCounts, noShadowSums } from './rollout/counts.ts';
import type { Observation, RolloutState, Seen } from './rollout/rollout-state.ts';
import { type Parts, takeOver } from './take-over.ts';
import { trafficOf, trafficOfSpec } from './traffic.ts';

/** Who is named in the audit log for what a rollout does by itself. */
const ITSELF = 'rollout';

export type QualityWatch = { port: LiveQuality; lookedAt: Map<string, number> };

/** Labels and alerts come in slowly, and finding them means reading logs. */
const QUALITY_EVERY_MS = 30_000;

/**
 * Looks at every open rollout once and does what comes of it. What fails, the data plane being away for instance, is told
 * to `onError` and tried again at the next look.
 */
export async function stepRollouts(
  parts: Parts,
  quality: QualityWatch | undefined,
  onError: (error: unknown) => void,
): Promise<void> {
  const open = await parts.ledger.openRollouts();
  if (open.length === 0) return;
  const stats = parts.dataPlane.ready() ? await parts.dataPlane.stats().catch(away) : undefined;
  if (stats === undefined) return;
  for (const each of open) await stepOne(parts, each, stats, quality).catch(onError);
}

function away(error: unknown): undefined {
  if (isFailure(error, 'dataplane.unavailable')) return undefined;
  throw error;
}

async function stepOne(
  parts: Parts,
  open: OpenRollout,
  stats: DataPlaneStats,
  quality: QualityWatch | undefined,
): Promise<void> {
  const seen = await observe(parts, open, stats, quality);
  const advanced = advanceRollout(open.rollout, seen, parts.now());
  await MOVES[advanced.move](parts, open, advanced);
}

type Move = (parts: Parts, open: OpenRollout, advanced: Advanced) => Promise<void>;

const MOVES: Record<Advanced['move'], Move> = {
  async stay({ ledger }, open, { rollout }) {
    const isToldOf = rollout.history.length > open.rollout.history.length;
    const event: RolloutEvent | undefined = isToldOf
      ? { what: rollout.state === 'holding' ? 'hold' : 'step', by: ITSELF }
      : undefined;
    if (isToldOf || hasMoved(open.rollout, rollout)) await ledger.keepRollout({ ...open, rollout }, event);
  },
  async step(parts, open, { rollout }) {
    const traffic = await trafficWith(parts.ledger, open.endpoint, rollout);
    await takeOver(parts, open.endpoint, { traffic, needed: rollout.version }, () =>
      parts.ledger.keepRollout({ ...open, rollout }, { what: 'step', by: ITSELF }),
    );
  },
  async promote(parts, open, { rollout }) {
    await promoteRollout(parts, { ...open, rollout }, rollout.by);
  },
  async abort(parts, open, { rollout }) {
    await endAborted(parts, { ...open, rollout }, ITSELF);
  },
};

function hasMoved(before: RolloutState, after: RolloutState): boolean {
  return (
    after.says !== before.says ||
    JSON.stringify([after.seen, after.quality]) !== JSON.stringify([before.seen, before.quality])
  );
}

/** Makes the version of a rollout that is done the endpoint's next revision. */
export async function promoteRollout(parts: Parts, done: OpenRollout, by: string) {
  const { endpoint: name, rollout } = done;
  const { version, bundleId, spec, reason, former } = rollout;
  const { model, pausedAt } = await parts.ledger.get(name);
  const traffic = trafficOfSpec(model, pausedAt !== null, spec);
  const revision = { modelVersion: version, bundleId, spec, reason, by };
  return takeOver(parts, name, { traffic, needed: version }, () =>
    parts.ledger.addRevision(name, revision, former.revision, done),
  );
}

/** Gives the requests back to what the current revision declares, then writes the end down. */
export async function endAborted(parts: Parts, ended: OpenRollout, by: string): Promise<void> {
  const { endpoint: name, rollout } = ended;
  const { model, pausedAt } = await parts.ledger.get(name);
  const revision = (await parts.ledger.current(name))!;
  const traffic = trafficOf({ model, isPaused: pausedAt !== null, revision });
  const needed = revision.modelVersion;
  await takeOver(parts, name, { traffic, needed }, () =>
    parts.ledger.keepRollout({ endpoint: name, id: ended.id, rollout }, { what: 'abort', by }),
  );
}

export async function trafficWith(ledger: EndpointLedger, name: string, rollout: RolloutState) {
  const { model, pausedAt } = await ledger.get(name);
  const revision = (await ledger.current(name))!;
  return trafficOf({ model, isPaused: pausedAt !== null, revision, rollout });
}

/**
 * Ends the rollouts whose version the data plane could not load, so that their endpoints answer again. Returns whether
 * there were any.
 */
export async function dropBroken(
  { ledger, now }: Parts,
  outcomes: readonly EndpointOutcome[],
): Promise<boolean> {
  let dropped = false;
  for (const open of await ledger.openRollouts()) {
    const outcome = outcomes.find(({ name }) => name === open.endpoint);
    const failure = outcome && failureOf(outcome, open.rollout.version);
    if (failure === undefined) continue;
    const rollout = abortRollout(open.rollout, now(), failure.message);
    await ledger.keepRollout({ ...open, rollout }, { what: 'abort', by: ITSELF });
    dropped = true;
  }
  return dropped;
}

function failureOf(outcome: EndpointOutcome, version: number): FailureData | undefined {
  return outcome.ok ? outcome.left?.find((each) => each.version === version)?.failure : outcome.failure;
}

async function observe(
  parts: Parts,
  { endpoint, rollout }: OpenRollout,
  stats: DataPlaneStats,
  quality: QualityWatch | undefined,
): Promise<Observation> {
  const own = stats.endpoints.find(({ name }) => name === endpoint);
  const isLoaded =
    own === undefined
      ? null
      : [...own.counts, ...(own.shadow === null ? [] : [own.shadow])].some(
          ({ version }) => version === rollout.version,
        );
  return {
    ...countersOf(stats, endpoint, rollout.version, rollout.former.version),
    isLoaded,
    ...(await liveQuality(parts, endpoint, rollout, quality)),
  };
}

/** The data plane's counters of both versions, as they stand. */
export function countersOf(stats: DataPlaneStats, endpoint: string, version: number, former: number): Seen {
  const own = stats.endpoints.find(({ name }) => name === endpoint);
  const of = (wanted: number): Counts => {
    const found = own?.counts.find((each) => each.version === wanted);
    if (found === undefined) return noCounts();
    const { requests, errors, refused, latency } = found;
    return { requests, errors, refused, latency: [...latency] };
  };
  const { version: shadowed, ...sums } = own?.shadow ?? { version: 0, ...noShadowSums() };
  return {
    life: stats.pid,
    version: of(version),
    former: of(former),
    shadow: shadowed === version ? sums : noShadowSums(),
  };
}

async function liveQuality(
  parts: Parts,
  endpoint: string,
  { version, former, startedAt, quality: known }: RolloutState,
  watch: QualityWatch | undefined,
): Promise<Pick<Observation, 'quality' | 'alerts'>> {
  const now = parts.now();
  if (watch === undefined || now - (watch.lookedAt.get(endpoint) ?? 0) < QUALITY_EVERY_MS)
    return { quality: null, alerts: [] };
  watch.lookedAt.set(endpoint, now);
  const sinceMs = startedAt;
  const { port } = watch;
  const quality = await port.compare({ endpoint, version, former: former.version, sinceMs });
  return {
    // What is known already is no reason to look again.
    quality: JSON.stringify(quality) === JSON.stringify(known) ? null : quality,
    alerts: await port.alerts(endpoint, version, sinceMs),
  };
}
