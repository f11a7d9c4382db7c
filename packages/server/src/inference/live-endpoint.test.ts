import { describe, expect, it } from 'vitest';
import { liveEndpoint, pickRoute } from './live-endpoint.ts';
import type { LoadedRoute } from './load-route.ts';

function endpointWith(weights: number[]) {
  const endpoint = liveEndpoint('churn');
  const routes = weights.map((weight, i) => ({ route: { modelVersion: i + 1 } as LoadedRoute, weight }));
  endpoint.serving = { routes, totalWeight: weights.reduce((sum, weight) => sum + weight, 0) };
  return endpoint;
}

describe('picking a route', () => {
  it('gives each its share of the draws', () => {
    const endpoint = endpointWith([90, 0, 10]);
    const picked = (draw: number) => pickRoute(endpoint, () => draw)?.modelVersion;
    expect([0, 0.5, 0.899].map(picked)).toEqual([1, 1, 1]);
    expect([0.9, 0.95, 0.999999].map(picked)).toEqual([3, 3, 3]);
  });

  it('never gives one without weight, also when rounding leaves a rest', () => {
    expect(pickRoute(endpointWith([0.1, 0]), () => 1)?.modelVersion).toBe(1);
    expect(pickRoute(endpointWith([0]))).toBeUndefined();
    expect(pickRoute(liveEndpoint('empty'))).toBeUndefined();
  });
});
