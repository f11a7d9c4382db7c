import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Serving } from '../live-endpoint.ts';
import type { LoadedRoute } from '../load-route.ts';
import { drawnRoute, routeOfKey } from './draw-route.ts';

function servingWith(weights: readonly number[]): Serving {
  const routes = weights.map((weight, i) => ({ route: { modelVersion: i + 1 } as LoadedRoute, weight }));
  return { routes, totalWeight: weights.reduce((sum, weight) => sum + weight, 0), shadow: undefined };
}

describe('drawing a route', () => {
  it('gives each its share of the draws', () => {
    const serving = servingWith([90, 0, 10]);
    const drawn = (draw: number) => drawnRoute(serving, () => draw)?.modelVersion;
    expect([0, 0.5, 0.899].map(drawn)).toEqual([1, 1, 1]);
    expect([0.9, 0.95, 0.999999].map(drawn)).toEqual([3, 3, 3]);
  });

  it('never gives one without weight, also when rounding leaves a rest', () => {
    expect(drawnRoute(servingWith([0.1, 0]), () => 1)?.modelVersion).toBe(1);
    expect(drawnRoute(servingWith([0]))).toBeUndefined();
    expect(drawnRoute(servingWith([]))).toBeUndefined();
  });
});

const keys = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
const versionOf = (weights: readonly number[]) => {
  const serving = servingWith(weights);
  return (key: string) => routeOfKey(serving, key)?.modelVersion;
};

describe('the route of a key', () => {
  it('is the same every time, and in the proportion of the weights over many keys', () => {
    const version = versionOf([90, 0, 10]);
    const versions = keys.map(version);
    expect(keys.map(version)).toEqual(versions);
    const share = versions.filter((each) => each === 3).length / keys.length;
    expect(Math.abs(share - 0.1)).toBeLessThan(0.01);
    expect(versions).not.toContain(2);
  });

  it('moves to a version whose weight grows, and nowhere else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (weights, more) => {
          const grown = [weights[0]! + more, ...weights.slice(1)];
          const [before, after] = [versionOf(weights), versionOf(grown)];
          return keys.slice(0, 200).every((key) => after(key) === 1 || after(key) === before(key));
        },
      ),
    );
  });

  it('is none where no version has a weight', () => {
    expect(versionOf([0, 0])('somebody')).toBeUndefined();
  });
});
