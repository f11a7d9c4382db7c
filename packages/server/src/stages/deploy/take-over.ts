import { fail, failureFrom, isFailure } from '@slipway/contract';
import type { DataPlaneStats, EndpointOutcome } from './model.ts';
import type { DataPlane, EndpointMetadata } from './ports.ts';
import { type FolderOf, routingTable } from './routing-table.ts';
import type { Traffic } from './traffic.ts';

export type Parts = {
  metadata: EndpointMetadata;
  dataPlane: DataPlane;
  folderOf: FolderOf;
  now: () => number;
};

/**
 * Lets the endpoint do `traffic`, then writes it down. The data plane first: what it refuses changes nothing, and a crash
 * in between leaves the metadata store as it was, which the next start serves.
 *
 * @param needed the version that this is all about; it must load also where it gets no requests yet
 */
export async function takeOver<T>(
  parts: Parts,
  name: string,
  { traffic, needed }: { traffic: Traffic; needed: number },
  write: () => Promise<T>,
): Promise<T> {
  const table = await routingTable(parts.metadata, parts.folderOf, new Map([[name, traffic]]));
  try {
    check(name, needed, await parts.dataPlane.apply(table));
    return await write();
  } catch (failure) {
    // Also where it never answered: a table that kills the data plane must not be what it starts with again.
    await restoreTable(parts).catch(() => undefined);
    throw failure;
  }
}

function check(name: string, needed: number, outcomes: readonly EndpointOutcome[]): void {
  const outcome = outcomes.find((each) => each.name === name);
  if (outcome === undefined) throw fail('endpoint.not-ready', { name });
  if (!outcome.ok) throw failureFrom(outcome.failure);
  const left = outcome.left?.find(({ version }) => version === needed);
  if (left !== undefined) throw failureFrom(left.failure);
}

/** Sends the data plane what the metadata store says. */
export async function restoreTable({ metadata, dataPlane, folderOf }: Parts): Promise<EndpointOutcome[]> {
  return dataPlane.apply(await routingTable(metadata, folderOf));
}

/** What the data plane counts; undefined while it is starting again. */
export async function statsIfThere(dataPlane: DataPlane): Promise<DataPlaneStats | undefined> {
  if (!dataPlane.ready()) return undefined;
  try {
    return await dataPlane.stats();
  } catch (error) {
    if (isFailure(error, 'dataplane.unavailable')) return undefined;
    throw error;
  }
}
