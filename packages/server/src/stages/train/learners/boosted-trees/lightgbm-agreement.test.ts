import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { sampleData, thirds } from '../../../../testing/sample-training.ts';
import type { TrainingData } from '../../model.ts';
import { type ObjectiveId, objectiveFor, outputsOf } from '../../objectives/index.ts';
import { rawScores } from '../../predict.ts';
import type { LearnerData } from '../learner.ts';
import { boost } from './boost.ts';
import { BOOSTED_TREES_DEFAULTS, type BoostedTreesParams } from './params.ts';

const PYTHON =
  process.env.SLIPWAY_TEST_PYTHON ??
  join(fileURLToPath(new URL('../../../../../../../', import.meta.url)), '.venv/bin/python');
const hasLightgbm = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import lightgbm, numpy']).status === 0;

/** Trains LightGBM on each case that comes in and prints its raw scores of the validation rows, row-major. */
const TRAIN = `
import json, sys, numpy, lightgbm
asked = json.load(sys.stdin)
train, validation = asked["rows"], asked["validation"]
scores = []
for case in asked["cases"]:
    x = numpy.array([[numpy.nan if v is None else v for v in column] for column in case["columns"]]).T
    y = numpy.array(case["target"])
    data = lightgbm.Dataset(x[train], y[train], categorical_feature=[2])
    booster = lightgbm.train(case["params"], data, num_boost_round=asked["rounds"])
    scores.append(numpy.asarray(booster.predict(x[validation], raw_score=True)).reshape(-1).tolist())
print(json.dumps(scores))
`;

/** The name that LightGBM has for each objective, and the task of ours. */
const CASES: { id: ObjectiveId; theirs: string; task: TrainingData['task'] }[] = [
  { id: 'logistic', theirs: 'binary', task: 'binary' },
  { id: 'softmax', theirs: 'multiclass', task: 'multiclass' },
  { id: 'squared-error', theirs: 'regression', task: 'regression' },
  { id: 'absolute-error', theirs: 'regression_l1', task: 'regression' },
  { id: 'huber', theirs: 'huber', task: 'regression' },
  { id: 'quantile', theirs: 'quantile', task: 'regression' },
  { id: 'poisson', theirs: 'poisson', task: 'regression' },
  { id: 'gamma', theirs: 'gamma', task: 'regression' },
  { id: 'tweedie', theirs: 'tweedie', task: 'regression' },
];

const ROWS = 3000;
/** Before either begins to learn the rows by heart. */
const ROUNDS = 30;
const { rows, validation } = thirds(ROWS);

function paramsOf(objective: ObjectiveId): BoostedTreesParams {
  const shared = { rounds: ROUNDS, learningRate: 0.1, l2: 0, alpha: 0.8, huberDelta: 0.9 };
  return { ...BOOSTED_TREES_DEFAULTS, ...shared, objective };
}

function dataOf(task: TrainingData['task']): LearnerData {
  const drawn = sampleData(task, ROWS);
  return task === 'regression' ? { ...drawn, target: drawn.target.map((y) => Math.abs(y) + 0.1) } : drawn;
}

/** What is asked of LightGBM: the same data and parameters in its own words. */
function caseOf({ id, theirs, task }: (typeof CASES)[number]) {
  const data = dataOf(task);
  const { alpha, huberDelta, tweediePower } = paramsOf(id);
  return {
    columns: data.features.columns.map((column) => Array.from(column, (x) => (Number.isNaN(x) ? null : x))),
    target: [...data.target],
    params: {
      objective: theirs,
      alpha: id === 'huber' ? huberDelta : alpha,
      tweedie_variance_power: tweediePower,
      num_threads: 1,
      verbosity: -1,
      ...(outputsOf(data) > 1 && { num_class: outputsOf(data) }),
    },
  };
}

let scores: number[][] = [];

beforeAll(() => {
  if (!hasLightgbm) return;
  const asked = { rows: [...rows], validation: [...validation], rounds: ROUNDS, cases: CASES.map(caseOf) };
  const { stdout } = spawnSync(PYTHON, ['-c', TRAIN], { input: JSON.stringify(asked), encoding: 'utf8' });
  scores = JSON.parse(stdout);
});

test.skipIf(!hasLightgbm).each(CASES)(
  'as good as LightGBM from Python on rows that neither has seen: $id',
  ({ id, task }) => {
    const data = dataOf(task);
    const outputs = outputsOf(data);
    const objective = objectiveFor(task, id, paramsOf(id))!;
    const lossOf = (margins: Float64Array) =>
      objective.loss(margins, data.target, undefined, validation, outputs);
    const context = { rows, validation: new Int32Array(0), seed: 1, shouldStop: () => false };
    const ours = lossOf(rawScores(boost(data, paramsOf(id), context).model, data.features));
    const own = scores[CASES.findIndex((one) => one.id === id)]!;
    const margins = new Float64Array(ROWS * outputs);
    validation.forEach((row, i) => {
      margins.set(own.slice(i * outputs, (i + 1) * outputs), row * outputs);
    });
    const theirs = lossOf(margins);
    // Some losses may be negative: what counts is how far each has come from the best constant.
    const start = objective.base(data.target, undefined, rows, outputs);
    const constant = lossOf(margins.map((_, i) => start[i % outputs]!));
    expect((constant - ours) / (constant - theirs)).toBeGreaterThan(0.98);
  },
);
