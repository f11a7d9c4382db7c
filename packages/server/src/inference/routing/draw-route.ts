import type { Serving, WeightedRoute } from '../live-endpoint.ts';
import type { LoadedRoute } from '../load-route.ts';

/** Drawn by weight; undefined where none has a weight. */
export function drawnRoute(serving: Serving, draw: () => number = Math.random): LoadedRoute | undefined {
  if (serving.totalWeight === 0) return undefined;
  if (serving.routes.length === 1) return serving.routes[0]!.route;
  let left = draw() * serving.totalWeight;
  for (const { route, weight } of serving.routes) {
    if (left < weight) return route;
    left -= weight;
  }
  return serving.routes.findLast((each) => each.weight > 0)?.route;
}

/**
 * The route of a key: always the same one while the weights stay, and in the proportion of the weights over many keys.
 * When one weight grows, keys move to that route and nowhere else, so that nobody is sent back and forth while a canary
 * grows. Weighted rendezvous hashing (C. Schindelhauer, G. Schomaker, Weighted distributed hash tables, 2005).
 */
export function routeOfKey(serving: Serving, key: string): LoadedRoute | undefined {
  let best: WeightedRoute | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const each of serving.routes) {
    if (each.weight === 0) continue;
    const score = -Math.log(uniform(`${key}\0${each.route.modelVersion}`)) / each.weight;
    if (score >= bestScore) continue;
    bestScore = score;
    best = each;
  }
  return best?.route;
}

/** A number between 0 and 1, both excluded, that depends on the text alone: FNV-1a with the finaliser of MurmurHash3. */
function uniform(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (((hash ^ (hash >>> 16)) >>> 0) + 0.5) / 2 ** 32;
}
