import { expect, test } from 'vitest';
import { seededRandom } from '../../../../kernel/index.ts';
import { sampleData } from '../../../../testing/sample-training.ts';
import { growTree } from './grow-tree.ts';
import { makeGrower } from './grower.ts';
import { histogramPool } from './histogram-pool.ts';
import { BOOSTED_TREES_DEFAULTS } from './params.ts';

const data = sampleData('regression', 1000);
const rows = Int32Array.from({ length: 1000 }, (_, row) => row);

/** A grower whose pool lends so many histograms, and what grows one tree after the other from it. */
function makeGround(histograms?: number) {
  const grower = makeGrower(data.binned, {
    params: { ...BOOSTED_TREES_DEFAULTS, leaves: 8 },
    weights: undefined,
    outputs: 1,
    capacity: { rows: 1000, riders: 0 },
    random: seededRandom(1),
  });
  const { arena, layout } = grower;
  const pool = histograms === undefined ? grower.pool : histogramPool(arena, layout.bytes, histograms, 0);
  const { gradient, hessian } = grower.derivatives[0]!;
  gradient.set(data.target.map((y) => Math.round(10 - y)));
  hessian.fill(1);
  const features = Int32Array.of(0, 1, 2, 3);
  const seedbed = { output: 0, rows, riders: new Int32Array(0), features };
  return { pool, grow: () => growTree({ ...grower, pool }, seedbed) };
}

function grow(histograms?: number) {
  return makeGround(histograms).grow();
}

test('when histograms no longer fit in memory the tree is the same, only slower to grow', () => {
  expect(grow(3)).toEqual(grow());
});

test('a tree gives back every histogram that it has taken', () => {
  const { pool, grow: growOne } = makeGround(8);
  expect(growOne().leaves).toHaveLength(8);
  growOne();
  const free = Array.from({ length: 8 }, () => pool.take());
  expect(free).not.toContain(null);
});

test('every row ends in exactly one leaf', () => {
  const { leaves } = grow();
  const spans = leaves.map(({ begin, end }) => [begin, end]).toSorted((a, b) => a[0]! - b[0]!);
  expect(spans[0]![0]).toBe(0);
  spans.forEach(([, end], i) => {
    expect(end).toBe(spans[i + 1]?.[0] ?? 1000);
  });
});
