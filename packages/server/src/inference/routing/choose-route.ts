import { fail, ownValue } from '@slipway/contract';
import { type Call, isProbe } from '../call.ts';
import { type LiveEndpoint, routeOfVersion, type Serving } from '../live-endpoint.ts';
import type { ColumnRoute, LoadedRoute } from '../load-route.ts';
import { usingEngine } from '../using-engine.ts';
import { drawnRoute, routeOfKey } from './draw-route.ts';

/** How long callers of a paused endpoint should wait before they try again. */
const PAUSE_SECONDS = 30;

/**
 * The route that answers this call, remembered in it: of the version asked for, of the key in its headers, or drawn.
 * Throws `endpoint.paused`, `endpoint.not-ready` and `endpoint.version-not-served`.
 */
export function chooseRoute(call: Call): LoadedRoute {
  const endpoint = call.endpoint!;
  const { name, declared } = endpoint;
  if (declared.isPaused && !isProbe(call))
    throw fail('endpoint.paused', { name, retryAfterSeconds: PAUSE_SECONDS });
  call.route =
    call.version === undefined ? freeRoute(call, endpoint) : routeOfVersion(endpoint, call.version);
  if (call.route !== undefined) return call.route;
  if (call.version === undefined) throw fail('endpoint.not-ready', { name });
  throw fail('endpoint.version-not-served', { name, version: call.version });
}

function freeRoute(call: Call, { serving, declared }: LiveEndpoint): LoadedRoute | undefined {
  if (serving === undefined) return undefined;
  const header = declared.sticky?.header;
  const key = header === undefined || serving.routes.length === 1 ? undefined : call.header(header);
  return key === undefined ? drawnRoute(serving) : routeOfKey(serving, key);
}

/**
 * Answers with the route of the key in the first row, where that is how callers are told apart; else with the one that is
 * chosen already. The rows are read by the chosen route first; if the key belongs to another one, `answer` reads them again
 * by that. Rows that the chosen route cannot read are refused by it.
 */
export function answerByRow(
  call: Call,
  rowsOf: (route: ColumnRoute) => readonly unknown[],
  answer: (route: ColumnRoute) => Promise<void> | undefined,
): Promise<void> | undefined {
  const chosen = call.route as ColumnRoute;
  const column = columnOfKey(call);
  const work = () => {
    if (column === undefined) return answer(chosen);
    const route = routeOfRow(call.endpoint!.serving!, rowsOf(chosen)[0], column);
    if (route === undefined || route === chosen) return answer(chosen);
    call.route = route;
    return usingEngine(route, call.deadlineAt, () => answer(route));
  };
  return usingEngine(chosen, call.deadlineAt, work);
}

/** The column that holds the key of this call; undefined where no key decides. */
function columnOfKey({ endpoint, version }: Call): string | undefined {
  const { serving, declared } = endpoint!;
  if (version !== undefined || serving === undefined || serving.routes.length === 1) return undefined;
  return declared.sticky?.column;
}

function routeOfRow(serving: Serving, row: unknown, column: string): ColumnRoute | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  const value = ownValue(row as Record<string, unknown>, column);
  // Lists and objects are no values of a column, which reading the row says.
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  const route = routeOfKey(serving, String(value));
  return route?.takes === 'columns' ? route : undefined;
}
