import type { EndpointSpec, RolloutPlan } from '@slipway/contract';
import { fail, failureFrom } from '@slipway/contract';
import { type Clock, systemClock } from '../../kernel/index.ts';
import type { EndpointRevision } from '../../ledger/index.ts';
import type { BundleStore } from '../pack/index.ts';
import {
  answeredBy,
  isSameSpec,
  leadingVersion,
  modelOfSpec,
  onlyVersion,
  plainSpec,
  specOf,
} from './endpoint-spec.ts';
import { inTurn } from './in-turn.ts';
import { type EndpointOutcome, formerRevision } from './model.ts';
import type { DataPlane, EndpointLedger, LiveQuality, OpenRollout } from './ports.ts';
import { abortRollout, finishRollout } from './rollout/advance-rollout.ts';
import { newRollout } from './rollout/rollout-state.ts';
import type { FolderOf } from './routing-table.ts';
import {
  countersOf,
  dropBroken,
  endAborted,
  promoteRollout,
  type QualityWatch,
  stepRollouts,
} from './step-rollouts.ts';
import { type Parts, restoreTable, takeOver } from './take-over.ts';
import { trafficOf, trafficOfSpec } from './traffic.ts';

export type DeployPorts = {
  ledger: EndpointLedger;
  dataPlane: DataPlane;
  bundles: Pick<BundleStore, 'open'>;
  /** Live quality is no rule of rollouts without it. */
  quality?: LiveQuality;
  clock?: Clock;
};

/** A version that shall answer an endpoint's requests. `by` is who asked. */
export type Promotion = { endpoint: string; modelVersion: number; bundleId: string; by: string };

/** What became of it: `rollout` where it takes over by steps, and the current revision meanwhile. */
export type Deployment = { revision: EndpointRevision; rollout: OpenRollout | undefined };

/**
 * Changes what endpoints serve. Changes happen one at a time, since each sends the data plane the whole table.
 *
 * Order of a change: the data plane takes the new version first and refuses it if it does not hold; only then is it
 * written down. A crash between the two leaves the ledger as it was, and the next start serves what it says.
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
   * Sends the data plane what the ledger says: after a start, and after tokens changed. A rollout whose version does not
   * load any more is aborted.
   */
  restore(): Promise<EndpointOutcome[]>;
}

export function createDeployer(ports: DeployPorts): Deployer {
  const oneAtATime = inTurn();
  const { ledger, dataPlane, clock = systemClock } = ports;
  const parts: Parts = { ledger, dataPlane, folderOf: verifiedOnce(ports.bundles), now: () => clock.now() };
  const watch: QualityWatch | undefined = ports.quality && { port: ports.quality, lookedAt: new Map() };
  return {
    promote: (promotion) => oneAtATime(() => promote(parts, promotion)),
    deploy: (promotion, plan) => oneAtATime(() => deploy(parts, promotion, plan)),
    declare: (name, spec, by) => oneAtATime(() => declare(parts, name, spec, by)),
    rollback: (endpoint, by) => oneAtATime(() => rollback(parts, endpoint, by)),
    setPaused: (endpoint, isPaused, by) => oneAtATime(() => setPaused(parts, endpoint, isPaused, by)),
    remove: (endpoint, by) => oneAtATime(() => remove(parts, endpoint, by)),
    stepRollouts: (onError) => oneAtATime(() => stepRollouts(parts, watch, onError)),
    restore: () => oneAtATime(() => restore(parts)),
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

async function promote(parts: Parts, promotion: Promotion): Promise<EndpointRevision> {
  const { endpoint: name, modelVersion: version, bundleId, by } = promotion;
  const { ledger } = parts;
  const { model } = await ledger.get(name);
  const current = await ledger.current(name);
  const open = await ledger.openRollout(name);
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

function superseded(parts: Parts, open: OpenRollout, says: string): OpenRollout {
  return { ...open, rollout: abortRollout(open.rollout, parts.now(), says) };
}

async function deploy(parts: Parts, promotion: Promotion, plan?: RolloutPlan): Promise<Deployment> {
  const { endpoint: name, modelVersion: version, by } = promotion;
  const { model } = await parts.ledger.get(name);
  const current = await parts.ledger.current(name);
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
  const open = await parts.ledger.openRollout(name);
  const spec = answeredBy(before, { model, version });
  if (open !== undefined && open.rollout.version === version && isSameWish(open, spec, chosen))
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

function isSameWish({ rollout }: OpenRollout, spec: EndpointSpec, plan: RolloutPlan): boolean {
  return isSameSpec({ ...rollout.spec, rollout: rollout.plan }, { ...spec, rollout: plan });
}

type Wish = {
  spec: EndpointSpec;
  plan: RolloutPlan;
  reason: 'promote' | 'set';
  current: EndpointRevision;
};

async function begin(parts: Parts, promotion: Promotion, { current, ...wish }: Wish): Promise<OpenRollout> {
  const { endpoint: name, modelVersion: version, bundleId, by } = promotion;
  const former = { revision: current.revision, version: current.modelVersion };
  const stats = parts.dataPlane.ready() ? await parts.dataPlane.stats().catch(() => undefined) : undefined;
  const seen = stats === undefined ? null : countersOf(stats, name, version, former.version);
  const rollout = newRollout({ ...wish, version, bundleId, former, by, seen, now: parts.now() });
  const { model, pausedAt } = await parts.ledger.get(name);
  const traffic = trafficOf({ model, isPaused: pausedAt !== null, revision: current, rollout });
  return takeOver(parts, name, { traffic, needed: version }, () => parts.ledger.beginRollout(name, rollout));
}

async function declare(
  parts: Parts,
  name: string,
  spec: EndpointSpec,
  by: string,
): Promise<Deployment & { changed: boolean }> {
  const { ledger } = parts;
  const { model } = await ledger.get(name);
  const current = await ledger.current(name);
  const open = await ledger.openRollout(name);
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
  const bundleId = await ledger.bundleOf(model, only.version);
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
  const bundleId = await parts.ledger.bundleOf(model, version);
  return { modelVersion: version, bundleId, spec, reason, by };
}

type NextRevision = {
  modelVersion: number;
  bundleId: string;
  spec: EndpointSpec;
  reason: EndpointRevision['reason'];
  by: string;
};

async function revise(
  parts: Parts,
  name: string,
  next: NextRevision,
  current: EndpointRevision | undefined,
  ended?: OpenRollout,
): Promise<EndpointRevision> {
  const { model, pausedAt } = await parts.ledger.get(name);
  modelOfSpec(next.spec);
  const traffic = trafficOfSpec(model, pausedAt !== null, next.spec);
  // A shadow that somebody just asked for must be there; one that was declared before holds no other change up.
  const needed = (next.reason === 'set' && traffic.shadow?.version) || next.modelVersion;
  return takeOver(parts, name, { traffic, needed }, () =>
    parts.ledger.addRevision(name, next, current?.revision ?? null, ended),
  );
}

async function rollback(parts: Parts, name: string, by: string): Promise<EndpointRevision> {
  const { ledger } = parts;
  const { model } = await ledger.get(name);
  const history = (await ledger.revisions(name)).toReversed();
  const current = history.at(-1);
  const open = await ledger.openRollout(name);
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

async function setPaused(parts: Parts, name: string, isPaused: boolean, by: string): Promise<void> {
  await parts.ledger.setPaused(name, isPaused, by);
  refuseFailed(name, await restoreTable(parts));
}

function refuseFailed(name: string, outcomes: readonly EndpointOutcome[]): void {
  const own = outcomes.find((each) => each.name === name);
  if (own !== undefined && !own.ok) throw failureFrom(own.failure);
}

async function remove(parts: Parts, name: string, by: string): Promise<{ tokens: number }> {
  const gone = await parts.ledger.remove(name, by);
  await restoreTable(parts);
  return gone;
}

async function restore(parts: Parts): Promise<EndpointOutcome[]> {
  const outcomes = await restoreTable(parts);
  return (await dropBroken(parts, outcomes)) ? restoreTable(parts) : outcomes;
}
