import type { EndpointSpec } from '@slipway/contract';
import type { EndpointRevision } from '../../metadata/index.ts';
import { nameOfVersion, specOf, versionNamed } from './endpoint-spec.ts';
import { percentOf, type RolloutState } from './rollout/rollout-state.ts';

/** What one endpoint shall do with its requests: what is declared, with the rollout under way laid over it. */
export type Traffic = Pick<EndpointSpec, 'sticky' | 'limits' | 'scaling' | 'batching'> & {
  model: string;
  /** Those without a weight are kept loaded. */
  versions: readonly VersionWeight[];
  shadow?: { version: number; percent: number };
  logPercent: number;
  isStrict: boolean;
  isPaused: boolean;
};

export type VersionWeight = { version: number; weight: number };

export type Declared = {
  model: string;
  isPaused: boolean;
  revision: Pick<EndpointRevision, 'spec' | 'modelVersion'>;
  rollout?: RolloutState | undefined;
};

export function trafficOf({ model, isPaused, revision, rollout }: Declared): Traffic {
  const declared = specOf(model, revision);
  if (rollout === undefined) return ofSpec(model, isPaused, declared, weightsOf(declared));
  const isShadow = rollout.plan.strategy === 'shadow';
  const before = weightsOf(declared);
  const weights = isShadow ? before : shifted(before, rollout.version, percentOf(rollout));
  const { shadow, ...spec } = rollout.spec;
  const name = nameOfVersion({ model, version: rollout.version });
  if (isShadow) {
    const copies = { version: name, percent: percentOf(rollout) };
    return ofSpec(model, isPaused, { ...spec, shadow: copies }, weights);
  }
  return ofSpec(model, isPaused, shadow?.version === name ? spec : rollout.spec, weights);
}

/** What a spec alone makes of the requests. */
export function trafficOfSpec(model: string, isPaused: boolean, spec: EndpointSpec): Traffic {
  return ofSpec(model, isPaused, spec, weightsOf(spec));
}

/** Percent of the requests, of every version that is loaded. */
export function percentages({ versions }: Pick<Traffic, 'versions'>): { version: number; percent: number }[] {
  const total = versions.reduce((sum, { weight }) => sum + weight, 0);
  return versions.map(({ version, weight }) => ({
    version,
    percent: Number(((100 * weight) / total).toFixed(4)),
  }));
}

function weightsOf({ versions }: EndpointSpec): VersionWeight[] {
  return Object.entries(versions).map(([name, weight]) => ({ version: versionNamed(name).version, weight }));
}

/** `version` gets its percentage, or keeps what it has if that is more; the others share the rest as before. */
function shifted(before: readonly VersionWeight[], version: number, percent: number): VersionWeight[] {
  const total = before.reduce((sum, { weight }) => sum + weight, 0);
  const had = (100 * (before.find((each) => each.version === version)?.weight ?? 0)) / total;
  const own = Math.max(had, percent);
  const others = before.filter((each) => each.version !== version);
  const rest = others.reduce((sum, { weight }) => sum + weight, 0);
  return [
    { version, weight: own },
    ...others.map(({ version: other, weight }) => ({
      version: other,
      weight: rest === 0 ? 0 : ((100 - own) * weight) / rest,
    })),
  ];
}

function ofSpec(
  model: string,
  isPaused: boolean,
  spec: EndpointSpec,
  versions: readonly VersionWeight[],
): Traffic {
  const { sticky, limits, scaling, shadow, log, strict, batching } = spec;
  return {
    model,
    versions,
    isPaused,
    logPercent: log.percent,
    isStrict: strict,
    batching,
    ...(sticky && { sticky }),
    ...(limits && { limits }),
    ...(scaling && { scaling }),
    ...(shadow && {
      shadow: { version: versionNamed(shadow.version).version, percent: shadow.percent },
    }),
  };
}
