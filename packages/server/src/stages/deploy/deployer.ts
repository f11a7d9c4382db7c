import { type EndpointSpec, failureFrom, type RolloutPlan } from '@slipway/contract';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { EndpointRevision } from '../../metadata/index.ts';
import type { BundleStore } from '../pack/index.ts';
import { declare } from './declare.ts';
import type { Deployment, Promotion } from './deployment.ts';
import { dropBroken, expectNewLife } from './end-rollout.ts';
import { inTurn } from './in-turn.ts';
import type { EndpointOutcome } from './model.ts';
import type { QualityWatch } from './observe-rollout.ts';
import type { DataPlane, EndpointMetadata, LiveQuality } from './ports.ts';
import { promote, rollback } from './promote.ts';
import { deploy } from './roll-out.ts';
import type { FolderOf } from './routing-table.ts';
import { stepRollouts } from './step-rollouts.ts';
import { type Parts, restoreTable } from './take-over.ts';

export type DeployPorts = {
  metadata: EndpointMetadata;
  dataPlane: DataPlane;
  bundles: Pick<BundleStore, 'open'>;
  /** Live quality is no rule of rollouts without it. */
  quality?: LiveQuality;
  clock?: Clock;
};

/**
 * Changes what endpoints serve. Changes happen one at a time, since each sends the data plane the whole table.
 *
 * Order of a change: the data plane takes the new version first and refuses it if it does not hold; only then is it
 * written down. A crash between the two leaves the metadata store as it was, and the next start serves what it says.
 *
 * Every change throws `endpoint.missing`, `endpoint.load-failed`, `bundle.invalid` and `dataplane.unavailable`; then
 * nothing changed.
 */
export interface Deployer {
  /**
   * Lets the version answer everything from now on; no request fails meanwhile. The first one of an endpoint is its
   * deployment. One that answers already gets no second revision, so a rollback still goes back to what was there before
   * it. A rollout under way ends: with this version done, with another one aborted.
   */
  promote(promotion: Promotion): Promise<EndpointRevision>;

  /**
   * Lets the version take over by the plan, or else as the endpoint's spec says. At once where nothing answered before, and
   * where the version answers already.
   */
  deploy(promotion: Promotion, plan?: RolloutPlan): Promise<Deployment>;

  /**
   * Makes the endpoint what the spec declares. The same spec again changes nothing. A spec that brings one new version
   * and says how new versions take over is rolled out that way; any other counts at once. Throws `endpoint.bad-spec`.
   */
  declare(name: string, spec: EndpointSpec, by: string): Promise<Deployment & { changed: boolean }>;

  /** Puts the former revision back, or ends the rollout under way. Throws `endpoint.no-former`. */
  rollback(endpoint: string, by: string): Promise<EndpointRevision>;

  /** Lets the endpoint answer `endpoint.paused`, or answer again. */
  setPaused(endpoint: string, isPaused: boolean, by: string): Promise<void>;

  /** Removes the endpoint; its tokens are good no more when this resolves. Returns how many there were. */
  remove(endpoint: string, by: string): Promise<{ tokens: number }>;

  /** Looks at the open rollouts, and takes their next steps where it is time. Failures go to `onError`. */
  stepRollouts(onError: (error: unknown) => void): Promise<void>;

  /**
   * Sends the data plane what the metadata store says, after tokens changed or, as `start`, when it begins its life with us. A
   * rollout whose version does not load any more is aborted.
   */
  restore(when?: 'start'): Promise<EndpointOutcome[]>;
}

export function createDeployer(ports: DeployPorts): Deployer {
  const oneAtATime = inTurn();
  const { metadata, dataPlane, clock = systemClock } = ports;
  const parts: Parts = { metadata, dataPlane, folderOf: verifiedOnce(ports.bundles), now: () => clock.now() };
  const watch: QualityWatch | undefined = ports.quality && { port: ports.quality, lookedAt: new Map() };
  return {
    promote: (promotion) => oneAtATime(() => promote(parts, promotion)),
    deploy: (promotion, plan) => oneAtATime(() => deploy(parts, promotion, plan)),
    declare: (name, spec, by) => oneAtATime(() => declare(parts, name, spec, by)),
    rollback: (endpoint, by) => oneAtATime(() => rollback(parts, endpoint, by)),
    setPaused: (endpoint, isPaused, by) => oneAtATime(() => setPaused(parts, endpoint, isPaused, by)),
    remove: (endpoint, by) => oneAtATime(() => remove(parts, endpoint, by)),
    stepRollouts: (onError) => oneAtATime(() => stepRollouts(parts, watch, onError)),
    restore: (when) => oneAtATime(() => restore(parts, when === 'start')),
  };
}

/** Opens each bundle once: every table names all of them, and the data plane checks what it reads by itself. */
function verifiedOnce(bundles: DeployPorts['bundles']): FolderOf {
  const folders = new Map<string, string>();
  return async (bundleId) => {
    const known = folders.get(bundleId);
    if (known !== undefined) return known;
    const { folder } = await bundles.open(bundleId);
    folders.set(bundleId, folder);
    return folder;
  };
}

async function setPaused(parts: Parts, name: string, isPaused: boolean, by: string): Promise<void> {
  await parts.metadata.setPaused(name, isPaused, by);
  refuseFailed(name, await restoreTable(parts));
}

function refuseFailed(name: string, outcomes: readonly EndpointOutcome[]): void {
  const own = outcomes.find((each) => each.name === name);
  if (own !== undefined && !own.ok) throw failureFrom(own.failure);
}

async function remove(parts: Parts, name: string, by: string): Promise<{ tokens: number }> {
  const gone = await parts.metadata.remove(name, by);
  await restoreTable(parts);
  return gone;
}

async function restore(parts: Parts, isStart: boolean): Promise<EndpointOutcome[]> {
  const outcomes = await restoreTable(parts);
  if (isStart) await expectNewLife(parts);
  return (await dropBroken(parts, outcomes)) ? restoreTable(parts) : outcomes;
}
