import { expect, test } from 'vitest';
import { sampleData, thirds } from '../../../../testing/sample-training.ts';
import { fitNetwork } from './fit-network.ts';
import { NETWORK_DEFAULTS } from './params.ts';

const data = sampleData('binary', 1500);
const context = { ...thirds(1500), seed: 1, shouldStop: () => false };
const params = { ...NETWORK_DEFAULTS, width: 32, epochs: 12 };

/** A clock that stands at the given shares when it is looked at, one after the other. */
function looks(...shares: number[]): () => number {
  return () => shares.shift()!;
}

test('a fit whose time will not do for some passes gives way', () => {
  const { cutShort, curve, hopeless } = fitNetwork(data, params, { ...context, spent: looks(0.1, 0.9) });
  expect({ cutShort, hopeless }).toEqual({ cutShort: true, hopeless: true });
  expect(curve.length).toBeLessThanOrEqual(2);
});

test('a fit whose time will do is the same as one without a limit, however slowly it began', () => {
  const free = fitNetwork(data, params, context);
  expect(fitNetwork(data, params, { ...context, spent: looks(0.6, 0.65) }).model).toEqual(free.model);
});

test('a fit that is ended in the middle has the best of the passes it made', () => {
  let asked = 0;
  const free = fitNetwork(data, params, context);
  const cut = fitNetwork(data, params, { ...context, shouldStop: () => ++asked > 100 });
  expect(cut.cutShort).toBe(true);
  expect(cut.curve.slice(0, -1)).toEqual(free.curve.slice(0, cut.curve.length - 1));
  expect(cut.curve[Number(cut.settled.stopAfter) - 1]).toBe(Math.min(...cut.curve));
});
