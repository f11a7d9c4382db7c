import type { BundleStore } from '../journey/pack/index.ts';
import type { Clock } from '../kernel/index.ts';
import type { Database, ObjectStore } from '../ledger/index.ts';
import { type JobKind, type JourneyPorts, resumeJourneys } from '../pipeline/index.ts';
import { type Ages, removeUnused } from './remove-unused.ts';
import { watchEndpoints } from './watch-endpoints.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export type HousePorts = {
  database: Database;
  journeys: JourneyPorts;
  objects: ObjectStore;
  bundles: BundleStore;
  /** How long rows and files of jobs, and events, are kept. */
  kept: { filesKeptDays: number; jobsKeptDays: number; eventsKeptDays: number };
  clock: Clock;
  wake: () => void;
  /** Removes what searches left, but for those of these jobs. */
  forgetSearches: (openJobs: ReadonlySet<string>) => Promise<void>;
  /** Removes what jobs kept for being taken up again, but for those of these jobs. */
  forgetShelves: (openJobs: () => Promise<ReadonlySet<string>>) => Promise<void>;
  onError: (error: unknown) => void;
};

/**
 * What has to be done now and then: take up journeys that stand still, monitor endpoints by their schedules, remove what
 * nobody needs. Returns what ends it.
 */
export function keepHouse(ports: HousePorts): () => void {
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
  const resume = guarded(() => resumeJourneys(ports.journeys, ports.onError));
  const watch = guarded(async () => {
    if ((await watchEndpoints(ports)) > 0) ports.wake();
  });
  const clean = guarded(async () => void (await removeUnused(ports, agesOf(ports.kept))));
  const forget = guarded(async () => {
    await forgetOldSearches(ports);
    await ports.forgetShelves(() => openJobs(ports.database, 'batch'));
  });
  void forget();
  const timers = [
    setInterval(resume, MINUTE_MS / 2),
    setInterval(watch, MINUTE_MS),
    setInterval(forget, MINUTE_MS),
    setInterval(clean, DAY_MS / 4),
  ];
  return () => {
    for (const timer of timers) clearInterval(timer);
  };
}

/** A search that is over needs what it wrote down no more; one that is not is taken up again from it. */
async function forgetOldSearches({ database, forgetSearches }: HousePorts): Promise<void> {
  await forgetSearches(await openJobs(database, 'candidate'));
}

/** Ids of the jobs of a kind that are not over. */
async function openJobs({ stores }: Database, kind: JobKind): Promise<Set<string>> {
  const open = new Set<string>();
  for (const state of ['queued', 'running'] as const)
    for (const { id } of await stores.jobs.list({ state, kind, limit: 10_000 })) open.add(id);
  return open;
}

function agesOf({ filesKeptDays, jobsKeptDays, eventsKeptDays }: HousePorts['kept']): Ages {
  return {
    orphans: DAY_MS,
    files: filesKeptDays * DAY_MS,
    jobs: jobsKeptDays * DAY_MS,
    events: eventsKeptDays * DAY_MS,
  };
}
