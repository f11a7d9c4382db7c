import { createHash } from 'node:crypto';
import { sendAnswer } from './answers/send-pieces.ts';
import type { Asked, BodyReader, TensorBodyReader } from './asked.ts';
import { callerIdOf } from './caller-ids.ts';
import type { InferenceContext } from './context.ts';
import { versionMetrics } from './endpoint-metrics.ts';
import type { Exchange } from './exchange.ts';
import { shortenDeadline, sizesOf } from './limits/endpoint-limits.ts';
import type { ColumnRoute, LoadedRoute, TensorRoute } from './load-route.ts';
import { isLargeJson, parseInParts } from './parse-in-parts.ts';
import { columnsOf, predictAgain, predictRows } from './predict.ts';
import { logInParts } from './predict-tensors.ts';
import { predictTensorsOnce } from './predict-tensors-once.ts';
import type { Predicted } from './predicted.ts';
import { reading } from './read-json.ts';
import { PREDICTION_ID_HEADER } from './request-headers.ts';
import { answerByRow, chooseRoute } from './routing/choose-route.ts';

/**
 * The plot of every prediction over HTTP: choose the model, read the body, predict, tell. A body that this model has
 * answered before is told from memory, where memory is allowed.
 */
export function predicting(read: BodyReader, readTensors?: TensorBodyReader) {
  return (context: InferenceContext, exchange: Exchange, body: Buffer): Promise<void> | undefined => {
    const chosen = chooseRoute(exchange);
    if (chosen.takes === 'tensors' && readTensors !== undefined)
      return answerTensors(context, exchange, body, { route: chosen, read: readTensors });
    columnsOf(exchange, chosen);
    if (isLargeJson(body, exchange.headers)) return answerLarge(read, context, exchange, body);
    return answerByRow(
      exchange,
      () => readBodyOf(read, context, exchange, body).rows,
      (route) => answerColumns(read, context, exchange, { route, body }),
    );
  };
}

/** A body that is parsed in parts, and whose answer is not remembered. */
async function answerLarge(
  read: BodyReader,
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
): Promise<void> {
  const parsed = await parseInParts(body, exchange.headers, turnsOf(context, exchange));
  const readParsed: BodyReader = (...asking) => reading(parsed, () => read(...asking));
  await answerByRow(
    exchange,
    () => readBodyOf(readParsed, context, exchange, body).rows,
    () => predictBody(context, exchange, readBodyOf(readParsed, context, exchange, body)),
  );
}

/** Leaves a turn to other requests. */
function turnsOf({ turns }: InferenceContext, { endpoint }: Exchange): () => Promise<void> {
  return () => turns.again(endpoint?.name);
}

function answerColumns(
  read: BodyReader,
  context: InferenceContext,
  exchange: Exchange,
  { route, body }: { route: ColumnRoute; body: Buffer },
): Promise<void> | undefined {
  if (context.cache === undefined || exchange.header(PREDICTION_ID_HEADER) !== undefined) {
    return predictBody(context, exchange, readBodyOf(read, context, exchange, body));
  }
  const key = keyOf(read, exchange, route, body);
  const known = context.cache.get(key);
  const counted = versionMetrics(exchange.metrics, route.modelVersion);
  if (known !== undefined) {
    counted.cacheHits++;
    return tell(context, exchange, known.asked, predictAgain(context, exchange, known));
  }
  counted.cacheMisses++;
  const asked = readBodyOf(read, context, exchange, body);
  if (asked.callerId !== undefined) return predictBody(context, exchange, asked);
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
}

function readBodyOf(read: BodyReader, context: InferenceContext, exchange: Exchange, body: Buffer): Asked {
  const { maxRows } = sizesOf(context, exchange);
  return read(body, { route: columnsOf(exchange, exchange.route!), headers: exchange.headers, maxRows });
}

function predictBody(
  context: InferenceContext,
  exchange: Exchange,
  asked: Asked,
  remember?: (predicted: Predicted) => void,
): Promise<void> | undefined {
  shortenDeadline(exchange, asked.timeoutMs);
  const callerId = callerIdOf(exchange.header(PREDICTION_ID_HEADER)) ?? asked.callerId;
  return predictRows(
    context,
    exchange,
    asked.rows,
    (predicted) => {
      const sent = tell(context, exchange, asked, predicted);
      remember?.(predicted);
      return sent;
    },
    { ...asked, callerId },
  );
}

async function answerTensors(
  context: InferenceContext,
  exchange: Exchange,
  body: Buffer,
  { route, read }: { route: TensorRoute; read: TensorBodyReader },
): Promise<void> {
  const { headers } = exchange;
  const { maxRows } = sizesOf(context, exchange);
  const parsed = isLargeJson(body, headers)
    ? await parseInParts(body, headers, turnsOf(context, exchange))
    : undefined;
  const asked = reading(parsed, () => read(body, { route, headers, maxRows }));
  shortenDeadline(exchange, asked.timeoutMs);
  const callerId = callerIdOf(exchange.header(PREDICTION_ID_HEADER)) ?? asked.callerId;
  await predictTensorsOnce(context, exchange, route, { ...asked, callerId }, async (predicted) => {
    try {
      const reply = asked.write(predicted, callOf(exchange));
      await sendAnswer(context, exchange, reply);
      await logInParts(context, exchange, predicted, reply.logged);
    } finally {
      predicted.lease.release();
    }
  });
}

function callOf({ endpoint, requestId }: Exchange): { endpoint: string; requestId: string } {
  return { endpoint: endpoint!.name, requestId };
}

function tell(
  context: InferenceContext,
  exchange: Exchange,
  asked: Asked,
  predicted: Predicted,
): Promise<void> | undefined {
  return sendAnswer(context, exchange, asked.write(predicted, callOf(exchange)));
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
