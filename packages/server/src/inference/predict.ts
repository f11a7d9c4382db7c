import { fail } from '@slipway/contract';
import type { Prediction } from '../journey/serve/index.ts';
import type { InferenceContext } from './context.ts';
import { countPredictions } from './endpoint-metrics.ts';
import type { Exchange } from './exchange.ts';
import { pickRoute } from './live-endpoint.ts';
import type { LoadedRoute } from './load-route.ts';

/** What predicting gave: entry i of each list belongs to row i. `answerTexts` are as the engine's `answerText` writes them. */
export type Predicted = {
  route: LoadedRoute;
  ids: string[];
  predictions: Prediction[];
  answerTexts: string[];
};

/** Rows done without letting other requests in between: about a millisecond's work. */
const PART_ROWS = 256;

/** The route that answers this request, remembered in the exchange. Throws `endpoint.not-ready`. */
export function chooseRoute(exchange: Exchange): LoadedRoute {
  const endpoint = exchange.endpoint!;
  const route = pickRoute(endpoint);
  if (route === undefined) throw fail('endpoint.not-ready', { name: endpoint.name });
  exchange.route = route;
  return route;
}

/**
 * Predicts the rows with the route of the exchange, logs them, and hands the predictions to `done`: at once when they
 * are few, else in parts with room for other requests between. What it throws is about the rows; then nothing of the
 * request is logged.
 *
 * @param rowText the JSON of the only row, where the caller has it already
 */
export function predictRows(
  context: InferenceContext,
  exchange: Exchange,
  rows: readonly unknown[],
  done: (predicted: Predicted) => void,
  rowText?: string,
): Promise<void> | undefined {
  const route = exchange.route!;
  if (rows.length > PART_ROWS) return predictInParts(context, exchange, rows, done);
  const predicted = nameAndWrite(context, route, route.engine.predict(rows));
  log(context, exchange, predicted, rowText === undefined ? rows.map(textOf) : [rowText], 0);
  done(predicted);
  return undefined;
}

async function predictInParts(
  context: InferenceContext,
  exchange: Exchange,
  rows: readonly unknown[],
  done: (predicted: Predicted) => void,
): Promise<void> {
  const route = exchange.route!;
  const predicted: Predicted = { route, ids: [], predictions: [], answerTexts: [] };
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    if (from > 0) await new Promise(setImmediate);
    const part = nameAndWrite(context, route, route.engine.predict(rows, from, from + PART_ROWS));
    predicted.ids.push(...part.ids);
    predicted.predictions.push(...part.predictions);
    predicted.answerTexts.push(...part.answerTexts);
  }
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    await new Promise(setImmediate);
    log(context, exchange, predicted, rows.slice(from, from + PART_ROWS).map(textOf), from);
  }
  done(predicted);
}

function nameAndWrite(context: InferenceContext, route: LoadedRoute, predictions: Prediction[]): Predicted {
  const ids: string[] = [];
  const answerTexts: string[] = [];
  for (let i = 0; i < predictions.length; i++) {
    ids.push(context.newPredictionId());
    answerTexts.push(route.engine.answerText(predictions[i]!));
  }
  return { route, ids, predictions, answerTexts };
}

function textOf(row: unknown): string {
  return JSON.stringify(row);
}

/** Counts and logs the rows from `from` on that `rowTexts` holds. */
function log(
  context: InferenceContext,
  exchange: Exchange,
  { route, ids, predictions, answerTexts }: Predicted,
  rowTexts: string[],
  from: number,
): void {
  if (exchange.isProbe) return;
  const to = from + rowTexts.length;
  const isWhole = rowTexts.length === ids.length;
  countPredictions(exchange.metrics, route.modelVersion, rowTexts.length);
  context.log.append(exchange.endpoint!.name, {
    at: context.clock.now(),
    model: route.modelName,
    version: route.modelVersion,
    latencyUs: Math.round((performance.now() - exchange.startedAt) * 1000),
    ids: isWhole ? ids : ids.slice(from, to),
    rowTexts,
    answerTexts: isWhole ? answerTexts : answerTexts.slice(from, to),
    scores: predictions.slice(from, to).map((prediction) => prediction.score),
  });
}
