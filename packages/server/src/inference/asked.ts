import type { Tensor } from '../stages/pack/index.ts';
import type { Engine } from '../stages/serve/index.ts';
import type { Body, Pieces } from './answers/pieces.ts';
import type { ColumnRoute, TensorRoute } from './load-route.ts';
import type { LoggedTensors, Predicted, PredictedTensors } from './predicted.ts';
import type { RequestHeaders } from './request-headers.ts';

/** The body of an answer in the words of a dialect. */
export type Reply = {
  contentType: string;
  body: Body;
  headers?: readonly string[];
  /** A header that says how many bytes a part of the body takes. */
  measured?: { header: string; of: Pieces };
};

/** What a dialect reads out of a body: the rows, and how their predictions are to be told. */
export type Asked = {
  rows: readonly unknown[];
  /** Answers instead of the model's own, having been told of what happened since. */
  /** What the answer depends on besides the rows, as JSON. */
  about?: string | undefined;
  engine?: Engine | undefined;
  /** The JSON of the only row, where the reader has it already. */
  onlyRowText?: string | undefined;
  /** Whether the predictions say what each node of an inference graph answered. */
  traced?: boolean;
  /** How long the caller waits, in milliseconds. */
  timeoutMs?: number | undefined;
  /** Names the predictions of the request, where the caller does. */
  callerId?: string | undefined;
  /** Depends on nothing but what it is given, so that a remembered body can be answered again. */
  write(predicted: Predicted, call: { endpoint: string; requestId: string }): Reply;
};

/** What a reader may know besides the body. */
export type Asking = { route: ColumnRoute; headers: RequestHeaders; maxRows: number };

/** Reads a body in one dialect. What it throws is the caller's mistake. */
export type BodyReader = (body: Buffer, asking: Asking) => Asked;

/** What a dialect reads out of a body for a model of tensors. */
export type AskedTensors = {
  inputs: readonly Tensor[];
  /** Where the dialect talks of rows: how many, each of which gets an id. */
  rows?: number;
  timeoutMs?: number | undefined;
  /** Names the predictions of the request, where the caller does. */
  callerId?: string | undefined;
  write(predicted: PredictedTensors, call: { endpoint: string; requestId: string }): TensorReply;
};

/** With what the prediction log is to remember of it, where that is not too much: so many rows at a time. */
export type TensorReply = Reply & { logged?: Iterable<LoggedTensors> | undefined };

export type TensorBodyReader = (
  body: Buffer,
  asking: Omit<Asking, 'route'> & { route: TensorRoute },
) => AskedTensors;
