import type { FailureData } from '@slipway/contract';
import type { EndpointOutcome } from './model.ts';
import type { OpenRollout } from './ports.ts';
import { abortRollout } from './rollout/advance-rollout.ts';
import { noCounts, noShadowSums } from './rollout/counts.ts';
import { type Parts, statsIfThere, takeOver } from './take-over.ts';
import { trafficOf, trafficOfSpec } from './traffic.ts';

/** Who is named in the audit log for what a rollout does by itself. */
export const ITSELF = 'rollout';

/** The rollout with something else in its place. */
export function superseded(parts: Parts, open: OpenRollout, says: string): OpenRollout {
  return { ...open, rollout: abortRollout(open.rollout, parts.now(), says) };
}

/** Makes the version of a rollout that is done the endpoint's next revision. */
export async function promoteRollout(parts: Parts, done: OpenRollout, by: string) {
  const { endpoint: name, rollout } = done;
  const { version, bundleId, spec, reason, former } = rollout;
  const { model, pausedAt } = await parts.metadata.get(name);
  const traffic = trafficOfSpec(model, pausedAt !== null, spec);
  const revision = { modelVersion: version, bundleId, spec, reason, by };
  return takeOver(parts, name, { traffic, needed: version }, () =>
    parts.metadata.addRevision(name, revision, former.revision, done),
  );
}

/** Gives the requests back to what the current revision declares, then writes the end down. */
export async function endAborted(parts: Parts, ended: OpenRollout, by: string): Promise<void> {
  const { endpoint: name, rollout } = ended;
  const { model, pausedAt } = await parts.metadata.get(name);
  const revision = (await parts.metadata.current(name))!;
  const traffic = trafficOf({ model, isPaused: pausedAt !== null, revision });
  const needed = revision.modelVersion;
  await takeOver(parts, name, { traffic, needed }, () =>
    parts.metadata.keepRollout({ endpoint: name, id: ended.id, rollout }, { what: 'abort', by }),
  );
}

/** A data plane that was started anew with us did not die: its counters begin at nothing, and that is all. */
export async function expectNewLife({ metadata, dataPlane }: Parts): Promise<void> {
  const open = await metadata.openRollouts();
  if (open.length === 0) return;
  const stats = await statsIfThere(dataPlane);
  if (stats === undefined) return;
  for (const each of open) {
    const { seen } = each.rollout;
    if (seen === null || seen.life === stats.pid) continue;
    const fresh = { version: noCounts(), former: noCounts(), shadow: noShadowSums() };
    await metadata.keepRollout({
      ...each,
      rollout: { ...each.rollout, seen: { life: stats.pid, ...fresh } },
    });
  }
}

/**
 * Ends the rollouts whose version the data plane could not load, so that their endpoints answer again. Returns whether
 * there were any.
 */
export async function dropBroken(
  { metadata, now }: Parts,
  outcomes: readonly EndpointOutcome[],
): Promise<boolean> {
  let dropped = false;
  for (const open of await metadata.openRollouts()) {
    const outcome = outcomes.find(({ name }) => name === open.endpoint);
    const failure = outcome && failureOf(outcome, open.rollout.version);
    if (failure === undefined) continue;
    const rollout = abortRollout(open.rollout, now(), failure.message);
    await metadata.keepRollout({ ...open, rollout }, { what: 'abort', by: ITSELF });
    dropped = true;
  }
  return dropped;
}

function failureOf(outcome: EndpointOutcome, version: number): FailureData | undefined {
  return outcome.ok ? outcome.left?.find((each) => each.version === version)?.failure : outcome.failure;
}
