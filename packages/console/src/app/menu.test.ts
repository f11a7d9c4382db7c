import { STAGES } from '@slipway/contract';
import { expect, test } from 'vitest';
import { MENU } from './menu.ts';

test('the menu follows the order of the stages, pipelines first and the system last', () => {
  const stages = MENU.map((entry) => entry.stage);
  expect(stages[0]).toBe('whole');
  expect(stages.at(-1)).toBe('beside');
  const places = stages.slice(1, -1).map((stage) => STAGES.indexOf(stage as (typeof STAGES)[number]));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
});

test('no two pages share a key', () => {
  expect(new Set(MENU.map((entry) => entry.key)).size).toBe(MENU.length);
});
