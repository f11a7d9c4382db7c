import { fail } from '@slipway/contract';
import type { EndpointRevision } from '../../metadata/index.ts';
import type { NextRevision, Promotion } from './deployment.ts';
import { endAborted, promoteRollout, superseded } from './end-rollout.ts';
import { answeredBy, isSameSpec, modelOfSpec, plainSpec, specOf } from './endpoint-spec.ts';
import { formerRevision } from './model.ts';
import type { OpenRollout } from './ports.ts';
import { finishRollout } from './rollout/advance-rollout.ts';
import { type Parts, takeOver } from './take-over.ts';
import { trafficOfSpec } from './traffic.ts';

/** As {@link Deployer.promote} says. */
export async function promote(parts: Parts, promotion: Promotion): Promise<EndpointRevision> {
  const { endpoint: name, modelVersion: version, bundleId, by } = promotion;
  const { metadata } = parts;
  const { model } = await metadata.get(name);
  const current = await metadata.current(name);
  const open = await metadata.openRollout(name);
  if (open?.rollout.version === version) return finish(parts, open, by);
  const before = current && specOf(model, current);
  const spec = before === undefined ? plainSpec({ model, version }) : answeredBy(before, { model, version });
  const ended = open && superseded(parts, open, `Version ${version} was promoted by ${by} instead.`);
  if (current !== undefined && before !== undefined && isSameSpec(spec, before)) {
    if (ended !== undefined) await endAborted(parts, ended, by);
    return current;
  }
  const reason = current === undefined ? 'deploy' : 'promote';
  return revise(parts, name, { modelVersion: version, bundleId, spec, reason, by }, current, ended);
}

/** A person says that the version of the rollout is good. */
function finish(parts: Parts, open: OpenRollout, by: string): Promise<EndpointRevision> {
  const says = `Promoted by ${by}: version ${open.rollout.version} answers.`;
  return promoteRollout(parts, { ...open, rollout: finishRollout(open.rollout, parts.now(), says) }, by);
}

/** As {@link Deployer.rollback} says. */
export async function rollback(parts: Parts, name: string, by: string): Promise<EndpointRevision> {
  const { metadata } = parts;
  const { model } = await metadata.get(name);
  const history = (await metadata.revisions(name)).toReversed();
  const current = history.at(-1);
  const open = await metadata.openRollout(name);
  if (open !== undefined && current !== undefined) {
    await endAborted(parts, superseded(parts, open, `Rolled back by ${by}.`), by);
    return current;
  }
  const former = formerRevision(history);
  if (former === undefined) throw fail('endpoint.no-former', { name });
  const { modelVersion, bundleId } = former;
  const spec = specOf(model, former);
  return revise(parts, name, { modelVersion, bundleId, spec, reason: 'rollback', by }, current);
}

/** Makes it the endpoint's current revision, which ends a rollout. */
export async function revise(
  parts: Parts,
  name: string,
  next: NextRevision,
  current: EndpointRevision | undefined,
  ended?: OpenRollout,
): Promise<EndpointRevision> {
  const { model, pausedAt } = await parts.metadata.get(name);
  modelOfSpec(next.spec);
  const traffic = trafficOfSpec(model, pausedAt !== null, next.spec);
  // A shadow that somebody just asked for must be there; one that was declared before holds no other change up.
  const needed = (next.reason === 'set' && traffic.shadow?.version) || next.modelVersion;
  return takeOver(parts, name, { traffic, needed }, () =>
    parts.metadata.addRevision(name, next, current?.revision ?? null, ended),
  );
}
