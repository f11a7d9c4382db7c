import type { EndpointSpec } from '@slipway/contract';
import type { Deployment } from './deployment.ts';
import { endAborted, superseded } from './end-rollout.ts';
import { isSameSpec, leadingVersion, onlyVersion, specOf } from './endpoint-spec.ts';
import { revise } from './promote.ts';
import { begin, type Wish } from './roll-out.ts';
import type { Parts } from './take-over.ts';

/** As {@link Deployer.declare} says. */
export async function declare(
  parts: Parts,
  name: string,
  spec: EndpointSpec,
  by: string,
): Promise<Deployment & { changed: boolean }> {
  const { metadata } = parts;
  const { model } = await metadata.get(name);
  const current = await metadata.current(name);
  const open = await metadata.openRollout(name);
  if (current === undefined) {
    const revision = await revise(parts, name, await declared(parts, model, spec, 'deploy', by), undefined);
    return { revision, rollout: undefined, changed: true };
  }
  if (open !== undefined && isSameSpec(spec, open.rollout.spec))
    return { revision: current, rollout: open, changed: false };
  const ended = open && superseded(parts, open, `${by} declared something else.`);
  if (isSameSpec(spec, specOf(model, current))) {
    if (ended !== undefined) await endAborted(parts, ended, by);
    return { revision: current, rollout: undefined, changed: ended !== undefined };
  }
  const only = onlyVersion(spec);
  const isSteady = spec.rollout.strategy === 'all-at-once' || only?.version === current.modelVersion;
  if (only === undefined || isSteady) {
    const next = await declared(parts, model, spec, 'set', by);
    return { revision: await revise(parts, name, next, current, ended), rollout: undefined, changed: true };
  }
  if (ended !== undefined) await endAborted(parts, ended, by);
  const bundleId = await metadata.bundleOf(model, only.version);
  const promotion = { endpoint: name, modelVersion: only.version, bundleId, by };
  const wish: Wish = { spec, plan: spec.rollout, reason: 'set', current };
  return { revision: current, rollout: await begin(parts, promotion, wish), changed: true };
}

async function declared(
  parts: Parts,
  model: string,
  spec: EndpointSpec,
  reason: 'deploy' | 'set',
  by: string,
) {
  const { version } = leadingVersion(spec);
  const bundleId = await parts.metadata.bundleOf(model, version);
  return { modelVersion: version, bundleId, spec, reason, by };
}
