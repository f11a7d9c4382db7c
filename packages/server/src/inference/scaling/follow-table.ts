import type { RoutingTable } from '../../stages/deploy/index.ts';
import { type LiveTable, loadedRoutes } from '../apply-table.ts';
import { scaledModel } from '../load-route.ts';
import type { InferenceSettings } from '../settings.ts';
import { ruleOf } from './rule-of.ts';
import type { Scaler } from './scaler.ts';

/** Scales what is served now, each version of an endpoint by the endpoint's rule. */
export function followTable(
  scaler: Scaler,
  settings: InferenceSettings,
  { table, live }: { table: RoutingTable; live: LiveTable },
): void {
  const declared = new Map(table.endpoints.map(({ name, scaling }) => [name, scaling]));
  const models = [...live].flatMap(([name, endpoint]) => {
    const rule = ruleOf(declared.get(name), settings);
    return loadedRoutes(endpoint).map((route) => {
      return { name: `${name}@${route.modelVersion}:${route.bundleId}`, model: scaledModel(route), rule };
    });
  });
  scaler.follow(models);
}
