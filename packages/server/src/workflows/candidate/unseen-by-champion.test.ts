import { expect, it } from 'vitest';
import { heldOut } from '../../testing/packing.builder.ts';
import type { PreparedRows } from './prepare-rows.ts';
import { unseenByChampion } from './unseen-by-champion.ts';

/** The champion learnt from rows 0 to 99, of which it held out the last 30, and then from those too. */
const KEPT = 30;
const held = {
  ...heldOut(KEPT, [], { rows: KEPT, outputs: 1, values: Float64Array.from({ length: KEPT }, (_, i) => i) }),
  dataset: { name: 'd', version: 1, manifest: 'm', rows: 100 },
  rows: Int32Array.from({ length: KEPT }, (_, i) => 70 + i),
  refit: { done: true as const, rows: 100, seconds: 1 },
};
const NEW = Array.from({ length: 40 }, (_, i) => 100 + i);
const LIVE = 1000;

function unseen(numbers: number[], together?: PreparedRows['together'], commonRows = 100, refitted = held) {
  const holdout = { numbers: Int32Array.from(numbers) } as PreparedRows['holdout'];
  const values = Float64Array.from(numbers, (row) => LIVE + row);
  const live = { rows: numbers.length, outputs: 1, values };
  const found = unseenByChampion({ holdout, together }, refitted, live, commonRows);
  if ('reason' in found) return found.reason;
  const places = found.places ?? numbers.keys();
  return Object.fromEntries([...places].map((place, i) => [numbers[place]!, found.predictions.values[i]!]));
}

const liveOf = (rows: number[]) => Object.fromEntries(rows.map((row) => [row, LIVE + row]));
const eachAlone = () => Int32Array.from({ length: 200 }, (_, row) => row);

it('takes the kept prediction of a row held out before, and lets it answer for rows that are newer', () => {
  expect(unseen([70, 99, ...NEW])).toEqual({ 70: 0, 99: 29, ...liveOf(NEW) });
});

it('leaves out rows of its training that it keeps no prediction of', () => {
  expect(unseen([5, 80, ...NEW])).toEqual({ 80: 10, ...liveOf(NEW) });
});

it('gives an appended row that equals one of its hold-out the prediction of that', () => {
  const of = eachAlone();
  [of[120], of[121]] = [75, 3];
  const rows = NEW.filter((row) => row !== 120 && row !== 121);
  expect(unseen([...NEW], { by: 'equality', of })).toEqual({ 120: 5, ...liveOf(rows) });
});

it('leaves out appended rows of a group that it has learnt from', () => {
  const of = eachAlone();
  of[120] = 75;
  const rows = NEW.filter((row) => row !== 120);
  expect(unseen([...NEW], { by: 'group', of })).toEqual(liveOf(rows));
});

it('answers for no row beyond those in common when its dataset version had others there', () => {
  const own = Array.from({ length: 20 }, (_, i) => 70 + i);
  const kept = Object.fromEntries(own.map((row, i) => [row, i]));
  expect(unseen([...own, 92, ...NEW], undefined, 90)).toEqual(kept);
});

it('says why there is nothing to compare', () => {
  expect(unseen([1, 2, 70], undefined)).toBe('it was refitted on all but 1 of the 3 rows');
  expect(unseen([...NEW], undefined, 0)).toMatch('all but 0 of the 40 rows');
});

it('answers for all rows when it was not refitted, or is of before there was a refit', () => {
  const plain = { ...held, refit: { done: false as const, reason: 'asked' } };
  expect(unseen([1, 70, 100], undefined, 100, plain as never)).toEqual(liveOf([1, 70, 100]));
});
