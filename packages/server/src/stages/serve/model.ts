import type { GraphLine, NodeAnswer, PredictionWarning } from '@slipway/contract';
import type { ImportedModelFile } from '../pack/index.ts';
import type { ClassType, InputColumn, RowColumns, Task } from '../prepare/index.ts';
import type { CostMatrix } from '../train/index.ts';

/** A value of a raw column as it travels in JSON; a timestamp is ISO 8601 text, a whole number beyond 2^53 a bigint. */
export type RawValue = string | number | bigint | boolean | null;

/** A row as the caller sent it. */
export type RawRow = Record<string, RawValue>;

/** What the model says about one row. */
export type Prediction = {
  /** The class as text, exactly as in `classes`; or the number. */
  value: string | number;
  /** What drift looks at: probability of the positive class (binary), of the answered class (multiclass), or the number. */
  score: number;
  /** Of classification: by class. */
  probabilities?: Record<string, number>;
  /** Of forecasts: the widest interval, and those of every level, narrow to wide. */
  interval?: PredictionInterval;
  intervals?: PredictionInterval[];
  /** Of forecasts in local time, or by dates written as numbers: the step's time, such as 2024-07-19T00:00:00+02:00. */
  time?: string;
  /** Values of the row that training never saw; left out where there are none. */
  warnings?: PredictionWarning[];
  /** Of inference graphs: the versions that took part, such as `churn@3`. */
  took?: readonly string[];
};

/** Where the truth is expected with a probability of `level`. */
export type PredictionInterval = { lower: number; upper: number; level: number };

/** What a body that asks for the next steps comes down to. */
export type AskedAhead = {
  /** The rows that ask for those steps; undefined where the body tells its rows itself. */
  rows: RawRow[] | undefined;
  /** The engine that has seen the history; undefined where there is none. */
  engine: Engine | undefined;
};

/** Why a row got its answer: with `expected` the contributions sum to the margin of what is explained. */
export type Explanation = {
  /** The target (regression), the positive class (binary) or the answered class (multiclass). */
  of: string;
  /**
   * Unit of the numbers: that of the target, log of the target (counts), log-odds (binary), or for several classes the log
   * of the class's probability less the mean over all classes.
   */
  scale: 'target' | 'log-target' | 'log-odds' | 'log-share';
  /** The margin of a row of which nothing is known. */
  expected: number;
  /** By raw column, the largest first. */
  columns: { column: string; contribution: number }[];
};

/** A model ready to answer. Pure: no I/O; the same rows give the same predictions, to the bit. */
export type Engine = {
  task: Task;
  /** Of classification, in the order of the model's outputs. */
  classes: readonly string[];
  /** The type in which a class is answered; predictions hold it as text. */
  classType: ClassType;
  /** Of several classes, where costs decide which is answered. */
  costMatrix?: CostMatrix | undefined;
  inputs: readonly InputColumn[];
  /** What a row may hold besides, and which text is missing. */
  columns: RowColumns;
  answerText: AnswerText;
  /**
   * Predicts `rows[from]` up to but without `rows[to]` (all unless told), so that a caller may do a large request in parts.
   *
   * Throws `request.invalid` for a row that is no object, `predict.unknown-column`, `predict.column-spelling`,
   * `predict.wrong-type` and, of forecasts, `predict.missing-column`, with a path such as `rows[3].age`.
   */
  predict(rows: readonly unknown[], from?: number, to?: number): Prediction[];
  /**
   * Why `row` got `prediction`. Exact for trees and linear models; other learners are estimated by a fixed sample. Throws
   * what `predict` throws, and `predict.no-explanation` when the bundle holds nothing to compare with.
   */
  explain(row: unknown, index: number, prediction: Prediction): Explanation;
  /**
   * Of forecasts: reads a body that asks for the next steps, or tells what happened since; undefined when it does
   * neither. `mostRows` bounds what it may come down to. Throws `request.invalid`, `forecast.*` and what reading rows throws.
   */
  ahead?(body: Readonly<Record<string, unknown>>, mostRows: number): AskedAhead | undefined;
  /** Of inference graphs: what is to be known of the nodes. */
  graph?: {
    /** Rows that are done without letting other requests in between. */
    partRows: number;
    /** What the nodes did, from the root down. */
    counts(): readonly NodeCounts[];
    /** Sets the counters back: what a graph is tried with before it takes traffic does not count. */
    forget(): void;
    /**
     * What each node answers for each row, in the order in which they answer. Throws what `predict` throws; of a graph with
     * imported models {@link GraphProcesses.predict} says it.
     */
    answers(rows: readonly unknown[]): NodeAnswer[][];
    /** Where imported models take part: `predict` and `answers` throw an error then, since nothing waits for processes there. */
    processes?: GraphProcesses;
  };
};

/** A graph some of whose models run in processes of their own. */
export type GraphProcesses = {
  /**
   * As {@link Engine.predict}, with all rows as one batch of each model. With `traced` it says what each node answered too. Throws what
   * `predict` throws, `graph.model-unavailable`, and what the processes say of being too busy or too late.
   */
  predict(rows: readonly unknown[], call: ProcessCall, traced?: boolean): Promise<ProcessAnswers>;
  /** The distinct imported models. */
  models: readonly Pick<ImportedModelFile, 'bundleId' | 'manifest'>[];
};

/** How the imported models of a graph are run, in processes of their own. */
export type ProcessCall = {
  /** Monotonic milliseconds after which nobody waits any more. */
  deadlineAt?: number | undefined;
  /** Whether the run may be shared with other requests. */
  shared: boolean;
  /** The outputs of one run may take so many. */
  maxOutputBytes?: number | undefined;
  /** Leaves a turn to others, between parts of a large request. */
  rest?: (() => Promise<void>) | undefined;
};

export type ProcessAnswers = { predictions: Prediction[]; nodes: NodeAnswer[][] | undefined };

/** What a node of an inference graph did since the graph was loaded, or since its counters were set back. */
export type NodeCounts = {
  node: string;
  kind: GraphLine['kind'];
  /** Of a model: MODEL@VERSION. */
  model: string;
  /** Rows answered, and batches that they came in. */
  rows: number;
  executions: number;
  /** Batches that ended in a failure. */
  failures: number;
  /** Milliseconds, nodes below included. */
  ms: number;
};

/** One line of the prediction log. */
export type PredictionRecord = {
  id: string;
  /** UTC ISO 8601 with milliseconds. */
  ts: string;
  model: string;
  version: number;
  /** Which model answered as which endpoint; left out where that is not kept, and of records from before it was. */
  deployment?: string;
  row: RawRow;
  value: string | number;
  score: number;
  probabilities?: Record<string, number>;
  /** Values of the row that training never saw; left out where there are none. */
  warnings?: PredictionWarning[];
  /** Of inference graphs: the versions that took part. */
  took?: string[];
  /** Time spent on the request that the row was in. */
  latencyUs: number;
};

/**
 * What one request, or a part of a large one, adds to the prediction log, as JSON text: most of it was written for the
 * answer anyway, and text waits for the disk more cheaply than objects. Entry i of each list belongs to row i.
 */
export type PredictionBatch = {
  /** Epoch milliseconds, UTC. */
  at: number;
  model: string;
  version: number;
  deployment?: string | undefined;
  latencyUs: number;
  ids: readonly string[];
  /** The row as it was sent, without line feeds. */
  rowTexts: readonly string[];
  /** As {@link AnswerText} gives it. */
  answerTexts: readonly string[];
  scores: readonly number[];
  /** Of inference graphs: the versions that took part. */
  took?: readonly (readonly string[] | undefined)[];
};

/** The members `"value"`, `"probabilities"` and `"warnings"` of a prediction as JSON, without the braces around. */
export type AnswerText = (prediction: Prediction) => string;
