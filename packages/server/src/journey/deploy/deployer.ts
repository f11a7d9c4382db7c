import { fail, failureFrom } from '@slipway/contract';
import type { EndpointRevision, EndpointStore, NewEndpointRevision } from '../../ledger/index.ts';
import type { BundleStore } from '../pack/index.ts';
import { inTurn } from './in-turn.ts';
import { type EndpointOutcome, formerRevision } from './model.ts';
import type { DataPlane } from './ports.ts';
import { type FolderOf, routingTable } from './routing-table.ts';

/** What deploying asks of the ledger. Whoever wires it may write more in the transaction of `addRevision`. */
export type DeployedEndpoints = Pick<
  EndpointStore,
  'get' | 'list' | 'current' | 'revisions' | 'tokens' | 'addRevision'
>;

export type DeployPorts = {
  endpoints: DeployedEndpoints;
  dataPlane: DataPlane;
  bundles: Pick<BundleStore, 'open'>;
};

type Parts = Omit<DeployPorts, 'bundles'> & { folderOf: FolderOf };

/** A version that shall answer an endpoint's requests. `by` is who asked. */
export type Promotion = { endpoint: string; modelVersion: number; bundleId: string; by: string };

/**
 * Changes what endpoints serve. Changes happen one at a time, since each sends the data plane the whole table.
 *
 * Order of a change: the data plane takes the new version first and refuses it if it does not hold; only then is the
 * revision written. A crash between the two leaves the ledger as it was, and the next start serves what it says.
 */
export interface Deployer {
  /**
   * Lets the version answer from now on; no request fails meanwhile. The first one of an endpoint is its deployment.
   * One that answers already gets no second revision, so a rollback still goes back to what was there before it.
   * Throws `endpoint.missing`, `endpoint.load-failed`, `bundle.invalid`, `dataplane.unavailable`; then nothing changed.
   */
  promote(promotion: Promotion): Promise<EndpointRevision>;

  /** Puts the former version back. Throws as {@link promote}, and `endpoint.no-former`. */
  rollback(endpoint: string, by: string): Promise<EndpointRevision>;

  /** Sends the data plane what the ledger says: after a start, and after tokens changed. */
  restore(): Promise<EndpointOutcome[]>;
}

export function createDeployer(ports: DeployPorts): Deployer {
  const oneAtATime = inTurn();
  const { endpoints, dataPlane } = ports;
  const parts: Parts = { endpoints, dataPlane, folderOf: verifiedOnce(ports.bundles) };
  return {
    promote: (promotion) => oneAtATime(() => promote(parts, promotion)),
    rollback: (endpoint, by) => oneAtATime(() => rollback(parts, endpoint, by)),
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

async function promote(ports: Parts, promotion: Promotion): Promise<EndpointRevision> {
  const { endpoint, modelVersion, bundleId, by } = promotion;
  const current = await ports.endpoints.current(endpoint);
  if (current?.modelVersion === modelVersion && current.bundleId === bundleId) return current;
  const reason = current === undefined ? 'deploy' : 'promote';
  return takeOver(ports, endpoint, { modelVersion, bundleId, spec: null, reason, by }, current);
}

async function rollback(ports: Parts, endpoint: string, by: string): Promise<EndpointRevision> {
  await ports.endpoints.get(endpoint);
  const history = (await ports.endpoints.revisions(endpoint)).toReversed();
  const former = formerRevision(history);
  if (former === undefined) throw fail('endpoint.no-former', { name: endpoint });
  const { modelVersion, bundleId } = former;
  return takeOver(
    ports,
    endpoint,
    { modelVersion, bundleId, spec: former.spec, reason: 'rollback', by },
    history.at(-1),
  );
}

async function restore(ports: Parts): Promise<EndpointOutcome[]> {
  return ports.dataPlane.apply(await routingTable(ports.endpoints, ports.folderOf));
}

async function takeOver(
  ports: Parts,
  name: string,
  next: NewEndpointRevision,
  current: EndpointRevision | undefined,
): Promise<EndpointRevision> {
  const endpoint = await ports.endpoints.get(name);
  const served = { modelName: endpoint.model, modelVersion: next.modelVersion, bundleId: next.bundleId };
  const table = await routingTable(ports.endpoints, ports.folderOf, new Map([[name, served]]));
  const outcomes = await ports.dataPlane.apply(table);
  const outcome = outcomes.find((each) => each.name === name);
  if (outcome === undefined) throw fail('endpoint.not-ready', { name });
  try {
    if (!outcome.ok) throw failureFrom(outcome.failure);
    return await ports.endpoints.addRevision(name, next, current?.revision ?? null);
  } catch (failure) {
    await restore(ports);
    throw failure;
  }
}
