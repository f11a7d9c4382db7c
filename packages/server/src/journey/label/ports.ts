import type { LabelQueue, LabelTask, LeasedTask, Progress, Submission } from './model.ts';

/** Where labelling tasks wait, are handed out and answered. */
export interface LabelTaskStore {
  /** Stores the queue and all its tasks, or nothing. */
  open(queue: LabelQueue, tasks: readonly LabelTask[]): Promise<void>;

  /** Throws `label.queue-missing`. */
  queue(id: string): Promise<LabelQueue>;

  /**
   * Hands the person one task, atomically: the one they hold already, or else the first by priority that they have
   * neither answered nor skipped and whose answers and live leases together are fewer than the overlap. So two people
   * never hold one task beyond its overlap, and a person never answers one twice. A lease ends at `leasedUntil`; ended
   * ones do not count. Undefined when nothing is left for the person. Throws `label.queue-missing`.
   */
  lease(queueId: string, person: string, now: number, leasedUntil: number): Promise<LeasedTask | undefined>;

  /**
   * Stores the answer or skip and ends the person's lease, atomically. Throws `label.lease-lost` when the person does
   * not hold the task at `now` (never did, or too long ago): the task may be another's by then.
   */
  submit(submission: Submission, now: number): Promise<void>;

  /** In the order they came. Throws `label.queue-missing`. */
  submissions(queueId: string): Promise<Submission[]>;

  tasks(queueId: string): Promise<LabelTask[]>;

  /** Throws `label.queue-missing`. */
  progress(queueId: string, now: number): Promise<Progress>;
}

/** What the room asks of the world. */
export type LabelPorts = {
  store: LabelTaskStore;
  clock: { now(): number };
  newId(prefix: string): string;
};
