import type { NodeAnswer } from '@slipway/contract';
import type { Tensor } from '../stages/pack/index.ts';
import type { Prediction, PredictionBatch } from '../stages/serve/index.ts';
import type { Lease } from './answers/answer-memory.ts';
import type { ColumnRoute, TensorRoute } from './load-route.ts';

/** What predicting gave: entry i of each list belongs to row i. `answerTexts` are as the engine's `answerText` writes them. */
export type Predicted = {
  route: ColumnRoute;
  ids: string[];
  predictions: Prediction[];
  answerTexts: string[];
  /** The rows as JSON; undefined for a request that was done in parts. */
  rowTexts: string[] | undefined;
  /** What the nodes of an inference graph answered, where its models run in processes and that was asked for. */
  nodes?: NodeAnswer[][] | undefined;
};

/** What running a model of tensors gave, with an id for each row: made when it is asked for, since not every dialect tells them. */
export type PredictedTensors = {
  route: TensorRoute;
  readonly ids: string[];
  outputs: Tensor[];
  /** The memory of the outputs: released once they are told. */
  lease: Lease;
  /** Rows, each of which has an id; one where the answer is of the request as a whole. */
  rows: number;
  /** Whether the ids are the caller's. */
  isNamed: boolean;
  /** Whether this was predicted before under the same id of the caller, and is logged already. */
  isRepeated: boolean;
};

/** What is kept of predictions that their caller named. */
export type KeptTensors = Pick<PredictedTensors, 'route' | 'rows'> & { outputs: readonly Tensor[] };

/** What the prediction log remembers: entry i of each list belongs to row i. */
export type LoggedTensors = Pick<PredictionBatch, 'rowTexts' | 'answerTexts' | 'scores'>;
