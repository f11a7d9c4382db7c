/** A value of a raw column; a timestamp is ISO 8601 text. */
export type RowValue = string | number | boolean | null;

/** Rows of a dataset version whose target people are to fill in. */
export type LabelQueue = {
  id: string;
  dataset: string;
  version: number;
  target: string;
  /** Answers that may be given; null when any number may. */
  choices: readonly string[] | null;
  /** How many people answer each task. */
  overlap: number;
  /** How long a task is one person's before it goes back to the queue. */
  leaseSeconds: number;
};

/** One row to label. */
export type LabelTask = {
  id: string;
  queueId: string;
  /** Index of the row in the dataset version. */
  row: number;
  /** The raw columns, without the target. */
  values: Readonly<Record<string, RowValue>>;
  /** Handed out from the highest down; equal ones by row. */
  priority: number;
};

/** A person's answer, or a skip with its reason. */
export type Submission = {
  taskId: string;
  person: string;
  /** Class or number as text; null for a skip. */
  value: string | null;
  reason: string | null;
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
