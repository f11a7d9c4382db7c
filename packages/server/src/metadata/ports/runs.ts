import type { FailureData } from '@slipway/contract';
import type { NewRun, Run, RunChange, RunFilter } from '../model.ts';

/** The runs of training and their trials. Ids are made here unless given; metrics that are not finite are left out. */
export interface RunStore {
  /** Starts a run (or records one that is over, when `state` says so). */
  create(run: NewRun): Promise<Run>;
  /** Many at once, such as the trials of a search. Returned in the order given. */
  createMany(runs: readonly NewRun[]): Promise<Run[]>;
  /** Changes what is given. Throws `run.missing`. */
  update(id: string, change: RunChange): Promise<Run>;
  /** Ends it as done. Throws `run.missing`. */
  finish(id: string, change: RunChange): Promise<Run>;
  /** Ends it as stopped early. Throws `run.missing`. */
  stop(id: string, change: RunChange): Promise<Run>;
  /** Ends it as failed. Throws `run.missing`. */
  fail(id: string, failure: FailureData): Promise<Run>;
  find(id: string): Promise<Run | undefined>;
  /** Throws `run.missing`. */
  get(id: string): Promise<Run>;
  /** Newest first. */
  list(filter?: RunFilter): Promise<Run[]>;
}
