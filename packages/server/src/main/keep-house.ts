import type { Clock } from '../kernel/index.ts';
import type { Database, ObjectStore } from '../ledger/index.ts';
import { watchEndpoints } from './watch-endpoints.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export type HousePorts = {
  database: Database;
  objects: ObjectStore;
  clock: Clock;
  wake: () => void;
  onError: (error: unknown) => void;
};

/** What has to be done now and then: watch endpoints by their policies, remove what nobody needs. Returns what ends it. */
export function keepHouse(ports: HousePorts): () => void {
  const guarded = (work: () => Promise<void>) => () => void work().catch(ports.onError);
  const watch = guarded(async () => {
    if ((await watchEndpoints(ports.database, ports.objects, ports.clock)) > 0) ports.wake();
  });
  const clean = guarded(() => removeUnused(ports));
  const timers = [setInterval(watch, MINUTE_MS), setInterval(clean, DAY_MS / 4)];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** Uploads that were never used and objects that nothing names any more, both after a day. */
async function removeUnused({ database, objects }: HousePorts): Promise<void> {
  const { uploads, datasets } = database.stores;
  await uploads.forget(DAY_MS);
  const keep = new Set([...(await datasets.segmentHashes()), ...(await uploads.hashes())]);
  await objects.collect(keep, DAY_MS);
}
