/**
 * The flat engine against a plain walk of the same trees, one thread.
 * Run: `npx esbuild bench/flat-engine.ts --bundle --platform=node --format=esm | node --input-type=module -`
 * Prints one JSON line per case: microseconds a row, the median of the rounds.
 */
import { compileFlat, scoreFlat, scoreFlatRows } from '../packages/server/src/journey/optimize/index.ts';
import { type RandomModelShape, randomFeatures, randomModel } from '../packages/server/src/testing/random-model.ts';
import { referenceScores } from '../packages/server/src/testing/reference-scores.ts';

const ROWS = 20_000;
const ROUNDS = 7;

const shape: RandomModelShape = {
  seed: 1,
  levels: new Array(30).fill(0),
  trees: 100,
  depth: 6,
  link: 'logistic',
  outputs: 1,
  linearTerms: false,
};
const CASES: Record<string, RandomModelShape> = {
  '100 trees of depth 6, 30 numeric': shape,
  '100 trees of depth 6, 20 numeric and 10 categorical': { ...shape, levels: shape.levels.map((_, f) => (f % 3 ? 0 : 12)) },
  '500 trees of depth 8, 30 numeric': { ...shape, trees: 500, depth: 8 },
};

for (const [name, one] of Object.entries(CASES)) {
  const model = randomModel(one);
  const features = randomFeatures(one.levels, ROWS, 2);
  const rows = Array.from({ length: ROWS }, (_, row) => Float32Array.from(features.columns, (column) => column[row]!));
  const flat = compileFlat(model);
  const out = new Float64Array(1);
  const all = new Float64Array(ROWS);
  const result = {
    plain: medianMicroseconds(() => rows.forEach((row) => referenceScores(model, row))),
    flatRowByRow: medianMicroseconds(() => rows.forEach((row) => scoreFlat(flat, row, out))),
    flatBatch: medianMicroseconds(() => scoreFlatRows(flat, features, all)),
  };
  console.log(JSON.stringify({ case: name, trees: one.trees, bytes: flat.bytes, microsecondsARow: result }));
}

function medianMicroseconds(pass: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    pass();
    return ((performance.now() - start) * 1000) / ROWS;
  });
  return Number(times.sort((a, b) => a - b)[ROUNDS >> 1]!.toFixed(2));
}
