import { expect, it } from 'vitest';
import type { StoredCount } from '../metadata/index.ts';
import { implausibleRemoval } from './implausible-removal.ts';
import type { UnusedPorts } from './remove-unused.ts';

const DAY_MS = 86_400_000;

/** Ports with a store of so many objects, of which rows name some. */
function portsOf(named: string[], objects: StoredCount, bundles: StoredCount = { stored: 0, unused: 0 }) {
  const stores = {
    uploads: { hashes: async () => new Set<string>() },
    jobs: { mentionedHashes: async () => new Set(named) },
    datasets: { segmentHashes: async () => [] },
    models: { bundleIds: async () => [] },
  };
  return {
    database: { stores },
    objects: { countUnused: async () => objects },
    bundles: { countUnused: async () => bundles },
  } as unknown as UnusedPorts;
}

it.each<[string, string[], StoredCount, StoredCount]>([
  ['nothing is unused', [], { stored: 10, unused: 0 }, { stored: 2, unused: 0 }],
  ['few are unused, though they are most', ['a'], { stored: 20, unused: 20 }, { stored: 20, unused: 20 }],
  [
    'many are unused, and are the smaller part',
    ['a'],
    { stored: 200, unused: 100 },
    { stored: 0, unused: 0 },
  ],
])('a removal is plausible when %s', async (_, named, objects, bundles) => {
  expect(await implausibleRemoval(portsOf(named, objects, bundles), DAY_MS)).toBeUndefined();
});

it.each<[string, string[], StoredCount, StoredCount, RegExp]>([
  ['nothing is named', [], { stored: 1, unused: 1 }, { stored: 0, unused: 0 }, /names no object/],
  [
    'more than half, and many, would go',
    ['a'],
    { stored: 41, unused: 21 },
    { stored: 0, unused: 0 },
    /21 of 41/,
  ],
  [
    'the bundles would go',
    ['a'],
    { stored: 9, unused: 0 },
    { stored: 30, unused: 30 },
    /30 of 30 stored bundles/,
  ],
])('a removal is not plausible when %s', async (_, named, objects, bundles, reason) => {
  expect(await implausibleRemoval(portsOf(named, objects, bundles), DAY_MS)).toMatch(reason);
});
