import { isFailure } from '@slipway/contract';
import type { CleanUp } from '../http/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database, ObjectStore } from '../metadata/index.ts';
import type { BundleStore } from '../stages/pack/index.ts';
import { checkServedBundles, type PipelineRunPorts, resumePipelineRuns } from '../workflows/index.ts';
import { watchEndpoints } from './watch-endpoints.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export type MaintenancePorts = {
  database: Database;
  pipelineRuns: PipelineRunPorts;
  objects: ObjectStore;
  bundles: Pick<BundleStore, 'open'>;
  cleanUp: Pick<CleanUp, 'run'> & { inspect(): Promise<void> };
  clock: Clock;
  wake: () => void;
  /** Removes what searches left, but for those of these jobs. */
  forgetSearches: (openJobs: () => Promise<ReadonlySet<string>>) => Promise<void>;
  /** Removes what jobs kept for being taken up again, but for those of these jobs. */
  forgetShelves: (openJobs: () => Promise<ReadonlySet<string>>) => Promise<void>;
  onError: (error: unknown) => void;
};

/**
 * What has to be done now and then: take up pipeline runs that stand still, monitor endpoints by their schedules, remove what
 * nobody needs. Returns what ends it.
 */
export function startMaintenance(ports: MaintenancePorts): () => void {
  /** One pass of a chore after the other, whatever becomes of it. */
  const guarded = (work: () => Promise<void>) => {
    let busy = false;
    return async () => {
      if (busy) return;
      busy = true;
      await work().catch(ports.onError);
      busy = false;
    };
  };
  const resume = guarded(() => resumePipelineRuns(ports.pipelineRuns, ports.onError));
  const watch = guarded(async () => {
    if ((await watchEndpoints(ports)) > 0) ports.wake();
  });
  const inspect = guarded(() => ports.cleanUp.inspect());
  const verify = guarded(async () => void (await checkServedBundles(ports)));
  const clean = guarded(async () => {
    await ports.cleanUp.run({ force: false }).catch((error: unknown) => {
      if (!isFailure(error, 'storage.implausible-removal')) throw error; // in the log already
    });
  });
  const forget = guarded(async () => {
    const open = () => openJobs(ports.database);
    await ports.forgetSearches(open);
    await ports.forgetShelves(open);
  });
  void forget();
  void inspect();
  void verify();
  const timers = [
    setInterval(resume, MINUTE_MS / 2),
    setInterval(watch, MINUTE_MS),
    setInterval(forget, MINUTE_MS),
    setInterval(verify, 10 * MINUTE_MS),
    setInterval(clean, DAY_MS / 4),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** Ids of the jobs that are not over, of every kind: each has folders of its own, in its sandbox too, where it cannot make them again. */
export async function openJobs({ stores }: Database): Promise<Set<string>> {
  const open = new Set<string>();
  for (const state of ['queued', 'running'] as const)
    for (const { id } of await stores.jobs.list({ state, limit: 10_000 })) open.add(id);
  return open;
}
