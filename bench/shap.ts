/**
 * Exact Shapley values of one row: 500 leaf-wise trees of 64 leaves that were really trained, one thread. Where a Python with
 * LightGBM is given, its own values (`pred_contrib`) of a model of as many trees and leaves of the same rows, beside them.
 * Run: `npm run bench -- shap [--python PYTHON]`
 *
 * Prints a JSON line: microseconds a row (the median of the rounds), and how far contributions are from summing to the
 * margin.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../packages/server/src/kernel/index.ts';
import { binFeatures, LEARNERS, rawScores } from '../packages/server/src/stages/train/index.ts';
import { compileMarginExplainer } from '../packages/server/src/stages/validate/index.ts';
import { matrixOf, rowsOf } from '../packages/server/src/testing/sample-training.ts';

const { values: options } = parseArgs({ options: { python: { type: 'string' } } });
const ROWS = 20_000;
const COLUMNS = 20;
const TREES = 500;
const LEAVES = 64;
const EXPLAINED = 200;
const ROUNDS = 9;

const random = seededRandom(1);
const columns = Array.from({ length: COLUMNS }, () =>
  Float32Array.from({ length: ROWS }, () => random() * 2 - 1),
);
const target = Float64Array.from({ length: ROWS }, (_, row) => {
  const [a, b, c, d] = columns.map((column) => column[row]!);
  return a! * b! + Math.sin(3 * c!) + (d! > 0 ? 1 : -1) + 0.3 * random();
});
const features = matrixOf(columns);
const data = { task: 'regression' as const, classes: 0, features, target, binned: binFeatures(features) };
const params = { ...LEARNERS['boosted-trees'].defaults, rounds: TREES, leaves: LEAVES, learningRate: 0.05 };
const all = Int32Array.from({ length: ROWS }, (_, row) => row);
const context = { rows: all, validation: new Int32Array(), seed: 1, shouldStop: () => false };
const { model } = LEARNERS['boosted-trees'].fit(data, params, context);
const explainer = compileMarginExplainer(model, rowsOf(features, all.slice(0, 64)));

const chosen = rowsOf(features, all.slice(0, EXPLAINED));
const rows = Array.from({ length: EXPLAINED }, (_, at) =>
  Float32Array.from(chosen.columns, (one) => one[at]!),
);
const margins = rawScores(model, chosen);
const largestGap = Math.max(
  ...rows.map((row, at) => {
    const sum = explainer.explain(row).reduce((total, value) => total + value, explainer.expected[0]!);
    return Math.abs(sum - margins[at]!);
  }),
);
const rounds = Array.from({ length: ROUNDS }, () => {
  const began = performance.now();
  for (const row of rows) explainer.explain(row);
  return ((performance.now() - began) * 1000) / EXPLAINED;
}).sort((a, b) => a - b);

console.log(
  JSON.stringify({
    trees: model.trees.length,
    leaves: model.trees.reduce((sum, tree) => sum + (tree.feature.length + 1) / 2, 0),
    microsecondsARow: { median: Math.round(rounds[ROUNDS >> 1]!), least: Math.round(rounds[0]!) },
    largestGap,
    ...(options.python === undefined ? {} : { lightgbm: await lightgbm(options.python) }),
  }),
);

/** Microseconds a row of LightGBM's `pred_contrib`, one row at a time and in one call, on one thread. */
async function lightgbm(python: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
  const file = join(folder, 'rows.csv');
  const line = (row: number) => [target[row], ...columns.map((column) => column[row])].join(',');
  await writeFile(file, Array.from(all, line).join('\n'));
  const script = `
import sys, json, time, numpy, lightgbm
rows = numpy.loadtxt(sys.argv[1], delimiter=',')
x, y = rows[:, 1:], rows[:, 0]
model = lightgbm.train({'objective': 'l2', 'num_leaves': ${LEAVES}, 'learning_rate': 0.05, 'num_threads': 1, 'verbosity': -1}, lightgbm.Dataset(x, y), ${TREES})
def timed(rows_at_once):
    began = time.perf_counter()
    for at in range(0, ${EXPLAINED}, rows_at_once):
        model.predict(x[at:at + rows_at_once], pred_contrib=True, num_threads=1)
    return round((time.perf_counter() - began) * 1e6 / ${EXPLAINED})
print(json.dumps({'oneByOne': sorted(timed(1) for _ in range(3))[1], 'atOnce': sorted(timed(${EXPLAINED}) for _ in range(3))[1]}))
`;
  try {
    return JSON.parse(execFileSync(python, ['-c', script, file], { encoding: 'utf8' }));
  } finally {
    await rm(folder, { recursive: true });
  }
}
