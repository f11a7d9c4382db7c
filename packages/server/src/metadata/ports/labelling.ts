import type {
  AppliedLabels,
  LabelQueue,
  LabelTask,
  LeasedTask,
  Progress,
  Review,
  Submission,
} from '../../stages/label/model.ts';

/**
 * Where labelling tasks wait, are handed out and answered. What names a queue that is not there throws
 * `label.queue-missing`; what would change a closed one throws `label.closed`.
 */
export interface LabellingStore {
  /** Stores the queue and all its tasks, or nothing. Throws `label.queue-exists`. */
  open(queue: LabelQueue, tasks: readonly LabelTask[]): Promise<void>;

  queue(id: string): Promise<LabelQueue>;
  find(id: string): Promise<LabelQueue | undefined>;
  /** Newest first. */
  queues(): Promise<LabelQueue[]>;

  /**
   * Hands the person one task, atomically: the one they hold already, or else the first by priority that they have
   * neither answered nor skipped and whose answers and live leases together are fewer than the overlap. So two people
   * never hold one task beyond its overlap, and a person never answers one twice. A lease ends at `leasedUntil`; ended
   * ones do not count. Undefined when nothing is left for the person.
   */
  lease(queueId: string, person: string, now: number, leasedUntil: number): Promise<LeasedTask | undefined>;

  /**
   * Stores the answer or skip and ends the person's lease, atomically. The same answer given again is harmless. Throws
   * `label.lease-lost` when the person does not hold the task at `now` (never did, or too long ago): the task may be
   * another's by then.
   */
  submit(submission: Submission, now: number): Promise<void>;

  /**
   * Takes the person's last answer or skip back and hands them its task again, in place of one they hold. Undefined,
   * and nothing is changed, when there is none, or when others hold the task that was skipped.
   */
  takeBack(
    queueId: string,
    person: string,
    now: number,
    leasedUntil: number,
  ): Promise<LeasedTask | undefined>;

  /** In the order they came. */
  submissions(queueId: string): Promise<Submission[]>;

  /** In the order in which they are handed out. */
  tasks(queueId: string): Promise<LabelTask[]>;

  progress(queueId: string, now: number): Promise<Progress>;

  /**
   * Stores what a reviewer decided of a task, in place of an earlier decision; also of a closed queue. Throws
   * `label.task-missing` when the queue has no such task.
   */
  review(review: Review): Promise<void>;

  /** In the order of their tasks' rows. */
  reviews(queueId: string): Promise<Review[]>;

  /** Ends all leases and refuses answers from now on. Harmless the second time. */
  close(id: string): Promise<LabelQueue>;

  /** Remembers the dataset version that was made of the labels, also of a closed queue. */
  setApplied(id: string, applied: AppliedLabels): Promise<LabelQueue>;
}
