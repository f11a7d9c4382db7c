import { fail } from '@slipway/contract';
import type { Prediction, RawRow } from '../journey/serve/index.ts';
import type { InferenceContext } from './context.ts';
import { countPredictions } from './endpoint-metrics.ts';
import type { Exchange } from './exchange.ts';
import { pickRoute } from './live-endpoint.ts';
import type { LoadedRoute } from './load-route.ts';

/** What predicting gave: `ids[i]` and `predictions[i]` belong to row i. */
export type Predicted = { route: LoadedRoute; ids: string[]; predictions: Prediction[] };

/** Rows predicted without letting other requests in between: about a millisecond's work. */
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
 * are few, else in parts with room for other requests between. What it throws is about the rows.
 */
export function predictRows(
  context: InferenceContext,
  exchange: Exchange,
  rows: readonly unknown[],
  bytes: number,
  done: (predicted: Predicted) => void,
): Promise<void> | undefined {
  const route = exchange.route!;
  if (rows.length <= PART_ROWS) {
    done(remember(context, exchange, rows, bytes, route.engine.predict(rows)));
    return undefined;
  }
  return predictInParts(context, exchange, rows, bytes, done);
}

async function predictInParts(
  context: InferenceContext,
  exchange: Exchange,
  rows: readonly unknown[],
  bytes: number,
  done: (predicted: Predicted) => void,
): Promise<void> {
  const { engine } = exchange.route!;
  const predictions: Prediction[] = [];
  for (let from = 0; from < rows.length; from += PART_ROWS) {
    if (from > 0) await new Promise(setImmediate);
    predictions.push(...engine.predict(rows, from, Math.min(rows.length, from + PART_ROWS)));
  }
  done(remember(context, exchange, rows, bytes, predictions));
}

function remember(
  context: InferenceContext,
  exchange: Exchange,
  rows: readonly unknown[],
  bytes: number,
  predictions: Prediction[],
): Predicted {
  const route = exchange.route!;
  const ids: string[] = [];
  for (let i = 0; i < predictions.length; i++) ids.push(context.newPredictionId());
  countPredictions(exchange.metrics, route.modelVersion, rows.length);
  context.log.append(exchange.endpoint!.name, {
    at: context.clock.now(),
    model: route.modelName,
    version: route.modelVersion,
    latencyUs: Math.round((performance.now() - exchange.startedAt) * 1000),
    ids,
    // The engine refused every row that is not a flat object of raw values.
    rows: rows as readonly RawRow[],
    predictions,
    bytes,
  });
  return { route, ids, predictions };
}
