import { createHash } from 'node:crypto';
import type { Tensor } from '../journey/pack/index.ts';
import type { Engine } from '../journey/serve/index.ts';
import type { InferenceContext } from './context.ts';
import { versionMetrics } from './endpoint-metrics.ts';
import { answer, type Exchange } from './exchange.ts';
import type { ColumnRoute, LoadedRoute, TensorRoute } from './load-route.ts';
import { chooseRoute, columnsOf, type Predicted, predictAgain, predictRows } from './predict.ts';
import { type LoggedTensors, logTensors, type PredictedTensors, predictTensors } from './predict-tensors.ts';
import type { RequestHeaders } from './request-headers.ts';

/** The body of an answer in the words of a dialect. */
export type Reply = { contentType: string; body: string | Buffer; headers?: readonly string[] };

/** What a dialect reads out of a body: the rows, and how their predictions are to be told. */
export type Asked = {
  rows: readonly unknown[];
  /** Answers instead of the model's own, having been told of what happened since. */
  engine?: Engine | undefined;
  /** The JSON of the only row, where the reader has it already. */
  onlyRowText?: string | undefined;
  /** How long the caller waits, in milliseconds. */
  timeoutMs?: number | undefined;
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
  write(predicted: PredictedTensors, call: { endpoint: string; requestId: string }): TensorReply;
};

/** With what the prediction log is to remember of it, where that is not too much. */
export type TensorReply = Reply & { logged?: LoggedTensors | undefined };

export type TensorBodyReader = (
  body: Buffer,
  asking: Omit<Asking, 'route'> & { route: TensorRoute },
) => AskedTensors;

/**
 * The plot of every prediction over HTTP: choose the model, read the body, predict, tell. A body that this model has
 * answered before is told from memory, where memory is allowed.
 */
export function predicting(read: BodyReader, readTensors?: TensorBodyReader) {
  return (context: InferenceContext, exchange: Exchange, body: Buffer): Promise<void> | undefined => {
    const chosen = chooseRoute(exchange);
    if (chosen.takes === 'tensors' && readTensors !== undefined)
      return answerTensors(context, exchange, body, { route: chosen, read: readTensors });
    const route = columnsOf(exchange, chosen);
    if (context.cache === undefined) {
      return predictBody(context, exchange, readBodyOf(read, context, exchange, body));
    }
    const key = keyOf(read, exchange, route, body);
    const known = context.cache.get(key);
    const counted = versionMetrics(exchange.metrics, route.modelVersion);
    if (known !== undefined) {
      counted.cacheHits++;
      tell(exchange, known.asked, predictAgain(context, exchange, known));
      return undefined;
    }
    counted.cacheMisses++;
    const asked = readBodyOf(read, context, exchange, body);
    return predictBody(context, exchange, asked, (predicted) => {
      if (predicted.rowTexts === undefined) return;
      const { predictions, answerTexts, rowTexts } = predicted;
      context.cache?.set(key, {
        asked: { ...asked, rows: [], engine: undefined },
        predictions,
        answerTexts,
        rowTexts,
      });
    });
  };
}

function readBodyOf(read: BodyReader, context: InferenceContext, exchange: Exchange, body: Buffer): Asked {
  const { maxRows } = context.settings;
  return read(body, { route: columnsOf(exchange, exchange.route!), headers: exchange.headers, maxRows });
}

function predictBody(
  context: InferenceContext,
  exchange: Exchange,
  asked: Asked,
  remember?: (predicted: Predicted) => void,
): Promise<void> | undefined {
  if (asked.timeoutMs !== undefined) exchange.deadlineAt = exchange.startedAt + asked.timeoutMs;
  return predictRows(
    context,
    exchange,
    asked.rows,
    (predicted) => {
      tell(exchange, asked, predicted);
      remember?.(predicted);
    },
    asked,
  );
}

async function answerTensors(
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
  { route, read }: { route: TensorRoute; read: TensorBodyReader },
): Promise<void> {
  const { headers, requestId } = exchange;
  const asked = read(body, { route, headers, maxRows: context.settings.maxRows });
  if (asked.timeoutMs !== undefined) exchange.deadlineAt = exchange.startedAt + asked.timeoutMs;
  const predicted = await predictTensors(context, exchange, route, asked);
  const reply = asked.write(predicted, { endpoint: exchange.endpoint!.name, requestId });
  answer(exchange, 200, reply.contentType, reply.body, reply.headers);
  if (reply.logged !== undefined) logTensors(context, exchange, predicted, reply.logged);
}

function tell(exchange: Exchange, asked: Asked, predicted: Predicted): void {
  const call = { endpoint: exchange.endpoint!.name, requestId: exchange.requestId };
  const { contentType, body, headers } = asked.write(predicted, call);
  answer(exchange, 200, contentType, body, headers);
}

/** Two requests with the same key are the same request to the same model: bytes, dialect and what says how to read them. */
function keyOf(read: BodyReader, exchange: Exchange, route: LoadedRoute, body: Buffer): string {
  const { contentType = '', inferenceHeaderLength = '' } = exchange.headers;
  const about = [exchange.endpoint!.name, route.bundleId, route.modelVersion, readerId(read)];
  return createHash('sha256')
    .update(JSON.stringify([...about, contentType, inferenceHeaderLength]))
    .update(body)
    .digest('base64');
}

const READERS = new Map<BodyReader, number>();

function readerId(read: BodyReader): number {
  const id = READERS.get(read) ?? READERS.size;
  READERS.set(read, id);
  return id;
}
