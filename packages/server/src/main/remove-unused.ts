import type { Database, ObjectStore } from '../metadata/index.ts';
import type { BundleStore } from '../stages/pack/index.ts';
import type { JobKind } from '../workflows/index.ts';

export type UnusedPorts = {
  database: Database;
  objects: Pick<ObjectStore, 'collect' | 'countUnused'>;
  bundles: Pick<BundleStore, 'collect' | 'countUnused'>;
};

/** Ages in milliseconds. */
export type Ages = {
  /** Uploads nobody used, and bytes that nothing names: what is younger may be about to be named. */
  orphans: number;
  /** Files that jobs made. */
  files: number;
  /** Rows of jobs that are over. */
  jobs: number;
  events: number;
};

const DAY_MS = 86_400_000;

export function agesOf(kept: { filesKeptDays: number; jobsKeptDays: number; eventsKeptDays: number }): Ages {
  return {
    orphans: DAY_MS,
    files: kept.filesKeptDays * DAY_MS,
    jobs: kept.jobsKeptDays * DAY_MS,
    events: kept.eventsKeptDays * DAY_MS,
  };
}

/** A model version's validation report, and what it was trained with, are in the job that made it. */
const KEPT_JOBS: JobKind[] = ['candidate'];
const JOBS_A_PAGE = 500;

export type Removed = Record<'uploads' | 'jobs' | 'events' | 'objects' | 'bundles', number>;

/**
 * Removes what nobody needs any more: rows first, then the bytes that no row names. What is about to be named is
 * young, so a crash at any point leaves orphans for the next time and takes nothing that is named.
 */
export async function removeUnused(
  { database, objects, bundles }: UnusedPorts,
  ages: Ages,
): Promise<Removed> {
  const { stores } = database;
  const uploads = await stores.uploads.forget(ages.orphans);
  const jobs = await forgetJobs(database, ages.jobs);
  const events = await stores.outbox.forget(ages.events);
  const named = new Set([
    ...(await stores.uploads.hashes()),
    ...(await stores.jobs.namedHashes(ages.files)),
    ...(await stores.datasets.segmentHashes()),
  ]);
  const kept = new Set([...named, ...(await stores.models.bundleIds())]);
  return {
    uploads,
    jobs,
    events,
    objects: await objects.collect(named, ages.orphans),
    bundles: await bundles.collect(kept, ages.orphans),
  };
}

async function forgetJobs(database: Database, olderThanMs: number): Promise<number> {
  let removed = 0;
  for (;;) {
    const page = await database.stores.jobs.forget(olderThanMs, KEPT_JOBS, JOBS_A_PAGE);
    removed += page;
    if (page < JOBS_A_PAGE) return removed;
  }
}
