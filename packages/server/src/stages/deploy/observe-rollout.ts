import type { DataPlaneStats } from './model.ts';
import type { LiveQuality, OpenRollout } from './ports.ts';
import { type Counts, noCounts, noShadowSums } from './rollout/counts.ts';
import type { Observation, RolloutState, Seen } from './rollout/rollout-state.ts';
import type { Parts } from './take-over.ts';

export type QualityWatch = { port: LiveQuality; lookedAt: Map<string, number> };

/** Labels and alerts come in slowly, and finding them means reading logs. */
const QUALITY_EVERY_MS = 30_000;

/** What there is to see of a rollout now. */
export async function observe(
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
