import type { InputColumn, Task } from '../prepare/index.ts';

/** A value of a raw column as it travels in JSON; a timestamp is ISO 8601 text. */
export type RawValue = string | number | boolean | null;

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
};

/** A model ready to answer. Pure: no I/O; the same rows give the same predictions, to the bit. */
export type Engine = {
  task: Task;
  /** Of classification, in the order of the model's outputs. */
  classes: readonly string[];
  inputs: readonly InputColumn[];
  answerText: AnswerText;
  /**
   * Predicts `rows[from]` up to but without `rows[to]` (all unless told), so that a caller may do a large request in parts.
   *
   * Throws `request.invalid` for a row that is no object, `predict.unknown-column`, `predict.missing-column` and
   * `predict.wrong-type`, with a path such as `rows[3].age`.
   */
  predict(rows: readonly unknown[], from?: number, to?: number): Prediction[];
};

/** One line of the prediction log. */
export type PredictionRecord = {
  id: string;
  /** UTC ISO 8601 with milliseconds. */
  ts: string;
  model: string;
  version: number;
  row: RawRow;
  value: string | number;
  score: number;
  probabilities?: Record<string, number>;
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
  latencyUs: number;
  ids: readonly string[];
  /** The row as it was sent, without line feeds. */
  rowTexts: readonly string[];
  /** As {@link AnswerText} gives it. */
  answerTexts: readonly string[];
  scores: readonly number[];
};

/** The members `"value"` and `"probabilities"` of a prediction as JSON, without the braces around. */
export type AnswerText = (prediction: Prediction) => string;
