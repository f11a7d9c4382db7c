import type { ColumnReading } from '@slipway/contract';

/** A value of a raw column; a timestamp is ISO 8601 text. */
export type RowValue = string | number | boolean | null;

/** What labels are as values of the target's column. */
export type LabelType = 'string' | 'number' | 'boolean';

/** How a dataset reads text of a column. */
export type TargetReading = {
  reading?: ColumnReading | undefined;
  missingWords?: readonly string[] | undefined;
  /** Whether every value of a column of numbers is whole; answers are too then. */
  whole?: boolean | undefined;
};

/** The answer of more than half, or the middle one of numbers. */
export type ConsensusRule = 'majority' | 'median';

/** Rows of a dataset version whose target people are to fill in. */
export type LabelQueue = {
  /** Its name. */
  id: string;
  dataset: string;
  version: number;
  /** Manifest of the version, by which later ones are known to hold the same rows. */
  manifestId: string;
  target: string;
  type: LabelType;
  /** Answers that may be given; null when any number may. */
  choices: readonly string[] | null;
  /** How the dataset reads text of the target; null where it lacks the column, and in queues of earlier releases. */
  reading: TargetReading | null;
  /** How several answers to one row become its label. */
  consensus: ConsensusRule;
  /** How many people answer each task. */
  overlap: number;
  /** How long a task is one person's before it goes back to the queue. */
  leaseSeconds: number;
  /** The model that said which rows it is least sure of; null when rows come in their order. */
  orderedBy: { model: string; version: number } | null;
  /** Whether rows that have a value are asked about too. */
  relabel: boolean;
  state: 'open' | 'closed';
  /** What the last dataset version made of its labels was; null before the first. */
  applied: AppliedLabels | null;
  openedBy: string;
  /** UTC ISO 8601. */
  createdAt: string;
};

/** A dataset version that was made of a queue's labels. */
export type AppliedLabels = {
  version: number;
  /** Rows that got a label. */
  rows: number;
  /** Rows whose answers had no majority, left as they were. */
  undecided: number;
  /** SHA-256 of the labels, by which it is known whether there are new ones. */
  digest: string;
  at: string;
};

/** One row to label. */
export type LabelTask = {
  id: string;
  queueId: string;
  /** Index of the row in the dataset version. */
  row: number;
  /** The raw columns that are shown, never the target. */
  values: Readonly<Record<string, RowValue>>;
  /** Handed out from the highest down; equal ones by row. */
  priority: number;
};

/** A person's answer, or a skip with its reason. */
export type Submission = {
  queueId: string;
  taskId: string;
  /** Who, for good: the id of their key. */
  person: string;
  /** What they are called. */
  personName: string;
  /** Class or number as text; null for a skip. */
  value: string | null;
  reason: string | null;
  /** UTC ISO 8601. */
  at: string;
};

/** What a reviewer decided of a task, in place of what people answered; the last decision counts. */
export type Review = {
  queueId: string;
  taskId: string;
  /** Who, for good: the id of their key. */
  reviewer: string;
  reviewerName: string;
  /** Class or number as text; null leaves the row without a label. */
  value: string | null;
  /** UTC ISO 8601. */
  at: string;
};

/** A task in the hands of one person until a moment (epoch milliseconds UTC). */
export type LeasedTask = LabelTask & { leasedUntil: number };

export type Progress = {
  tasks: number;
  /** Tasks that have all the answers asked for. */
  done: number;
  /** Tasks in somebody's hands. */
  leased: number;
  answers: number;
  skips: number;
};

/** How far people agree beyond chance: 1 wholly, 0 as by chance, below 0 less than that. NaN where undefined. */
export type Agreement = {
  /** Share of the pairs of answers to one task that are equal. */
  observed: number;
  krippendorffAlpha: number;
  /** Of every two people with tasks in common. */
  pairs: { people: [string, string]; tasks: number; cohenKappa: number }[];
};
