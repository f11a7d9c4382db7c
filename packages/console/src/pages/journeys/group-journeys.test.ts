import type { Journey } from '@slipway/contract';
import { expect, test } from 'vitest';
import { groupJourneys } from './group-journeys.ts';

const journey = (id: string, name: string, createdAt: string) => ({ id, name, createdAt }) as Journey;

test('each model shows its latest journey first, and the model that ran last comes first', () => {
  const groups = groupJourneys([
    journey('a1', 'a', '2026-01-01T00:00:00Z'),
    journey('b1', 'b', '2026-01-02T00:00:00Z'),
    journey('a2', 'a', '2026-01-03T00:00:00Z'),
  ]);
  expect(groups.map((group) => group.latest.id)).toEqual(['a2', 'b1']);
  expect(groups[0]?.earlier.map((each) => each.id)).toEqual(['a1']);
});
