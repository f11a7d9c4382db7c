import type { EndpointWorkers } from '@slipway/contract';
import { loadedRoutes } from '../apply-table.ts';
import type { LiveEndpoint } from '../live-endpoint.ts';
import { scaledModel } from '../load-route.ts';
import type { WorkersState } from './scaled-model.ts';
import type { Scaler } from './scaler.ts';

/** What the versions of an endpoint take of the machine, all together. */
export function endpointWorkers(endpoint: LiveEndpoint, scaler: Scaler): EndpointWorkers {
  const routes = loadedRoutes(endpoint);
  const states = routes.map((route) => scaledModel(route).state());
  const total = (what: (state: WorkersState) => number) =>
    states.reduce((sum, state) => sum + what(state), 0);
  const known = states.every(({ bytes }) => bytes !== undefined);
  const zeroSince = states.every((state) => state.zeroSince !== undefined)
    ? Math.max(...states.map((state) => state.zeroSince!))
    : undefined;
  const last = states.map(({ lastColdStartMs }) => lastColdStartMs).findLast((ms) => ms !== undefined);
  return {
    kind: routes.every((route) => scaledModel(route).isInline) ? 'inline' : 'processes',
    now: total(({ workers }) => workers),
    wanted: routes.reduce((sum, route) => sum + scaler.wanted(scaledModel(route)), 0),
    busy: total(({ busy }) => busy),
    held: total(({ held }) => held),
    residentBytes: known ? total(({ bytes }) => bytes!) : null,
    zeroSince: states.length === 0 || zeroSince === undefined ? null : new Date(zeroSince).toISOString(),
    coldStarts: total(({ coldStarts }) => coldStarts),
    coldStartSeconds: total(({ coldStartMs }) => coldStartMs) / 1000,
    lastColdStartSeconds: last === undefined ? null : last / 1000,
    deaths: total(({ deaths }) => deaths),
    isResting: states.some(({ isResting }) => isResting),
  };
}
