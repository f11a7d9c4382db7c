import type { EndpointSpec, RolloutPlan } from '@slipway/contract';
import type { EndpointRevision } from '../../metadata/index.ts';
import type { Deployment, Promotion } from './deployment.ts';
import { endAborted, superseded } from './end-rollout.ts';
import { answeredBy, isSameSpec, onlyVersion, specOf } from './endpoint-spec.ts';
import { countersOf } from './observe-rollout.ts';
import type { OpenRollout } from './ports.ts';
import { promote } from './promote.ts';
import { newRollout } from './rollout/rollout-state.ts';
import { type Parts, statsIfThere, takeOver } from './take-over.ts';
import { trafficOf } from './traffic.ts';

/** As {@link Deployer.deploy} says. */
export async function deploy(parts: Parts, promotion: Promotion, plan?: RolloutPlan): Promise<Deployment> {
  const { endpoint: name, modelVersion: version, by } = promotion;
  const { model } = await parts.metadata.get(name);
  const current = await parts.metadata.current(name);
  const before = current && specOf(model, current);
  const chosen = plan ?? before?.rollout;
  if (
    current === undefined ||
    before === undefined ||
    chosen === undefined ||
    chosen.strategy === 'all-at-once'
  )
    return { revision: await promote(parts, promotion), rollout: undefined };
  if (onlyVersion(before)?.version === version)
    return { revision: await promote(parts, promotion), rollout: undefined };
  const open = await parts.metadata.openRollout(name);
  const spec = answeredBy(before, { model, version });
  if (open !== undefined && open.rollout.version === version && isSameRequest(open, spec, chosen))
    return { revision: current, rollout: open };
  if (open !== undefined)
    await endAborted(
      parts,
      superseded(parts, open, `Version ${version} is rolled out by ${by} instead.`),
      by,
    );
  const rollout = await begin(parts, promotion, { spec, plan: chosen, reason: 'promote', current });
  return { revision: current, rollout };
}

function isSameRequest({ rollout }: OpenRollout, spec: EndpointSpec, plan: RolloutPlan): boolean {
  return isSameSpec({ ...rollout.spec, rollout: rollout.plan }, { ...spec, rollout: plan });
}

export type Wish = {
  spec: EndpointSpec;
  plan: RolloutPlan;
  reason: 'promote' | 'set';
  current: EndpointRevision;
};

/** Begins a rollout, once the data plane has the version. */
export async function begin(
  parts: Parts,
  promotion: Promotion,
  { current, ...wish }: Wish,
): Promise<OpenRollout> {
  const { endpoint: name, modelVersion: version, bundleId, by } = promotion;
  const former = { revision: current.revision, version: current.modelVersion };
  const stats = await statsIfThere(parts.dataPlane);
  const seen = stats === undefined ? null : countersOf(stats, name, version, former.version);
  const rollout = newRollout({ ...wish, version, bundleId, former, by, seen, now: parts.now() });
  const { model, pausedAt } = await parts.metadata.get(name);
  const traffic = trafficOf({ model, isPaused: pausedAt !== null, revision: current, rollout });
  return takeOver(parts, name, { traffic, needed: version }, () =>
    parts.metadata.beginRollout(name, rollout),
  );
}
