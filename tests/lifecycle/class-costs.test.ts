import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PredictResponse, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/server/src/kernel/index.ts';
import { measure } from '../../packages/server/src/stages/train/index.ts';
import { type ValidationReport, validateCandidate } from '../../packages/server/src/stages/validate/index.ts';
import { csvOf } from './csv-rows.ts';
import { cleanUp, newFolder, PENGUINS, type Platform, ROOT, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const hasPython = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import sklearn']).status === 0;

afterAll(cleanUp);

/** Missing a Chinstrap is dear; the classes as the model has them. */
const CLASSES = ['Adelie', 'Chinstrap', 'Gentoo'];
const COSTS = 'Chinstrap:*=9,Adelie:Gentoo=2';
const MATRIX = [
  [0, 1, 2],
  [9, 0, 9],
  [1, 1, 0],
];

/** What NumPy's `argmin(probabilities @ costs)` names. */
function cheapest(probabilities: Record<string, number>): string {
  const shares = new Map(Object.entries(probabilities));
  const expected = CLASSES.map((_, answer) =>
    CLASSES.reduce((sum, name, truth) => sum + shares.get(name)! * MATRIX[truth]![answer]!, 0),
  );
  return CLASSES[expected.indexOf(Math.min(...expected))]!;
}

function mostProbable(probabilities: Record<string, number>): string {
  return Object.entries(probabilities).reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

describe('a model of several classes whose answers follow costs', () => {
  let platform: Platform;
  let result: ShipResult;
  let rows: Record<string, string | number | null>[];
  // Without the measures of beak and flipper and the island, species overlap.
  const words = [
    ...['--target', 'Species', '--name', 'kinds', '--budget', '2s'],
    ...['--exclude', 'Island,Beak Length (mm),Flipper Length (mm)'],
  ];

  beforeAll(async () => {
    platform = await startPlatform();
    rows = JSON.parse(await readFile(PENGUINS, 'utf8'));
    const gates = ['--gate', 'cost<=0.8'];
    result = await platform.answer<ShipResult>(['ship', PENGUINS, ...words, '--costs', COSTS, ...gates]);
  }, 3 * MINUTES);

  it('says by which costs it answers and what they come to beside simpler answers', async () => {
    const { by, says, costMatrix, expectedOfClasses } = result.decision!;
    expect({ by, costMatrix }).toEqual({ by: 'costs', costMatrix: MATRIX });
    expect(says).toContain('Chinstrap answered as Adelie costs 9; Chinstrap answered as Gentoo costs 9');
    expect(expectedOfClasses!.chosen).toBeLessThan(expectedOfClasses!.mostProbable);
    expect(result.expectedClassCosts!.chosen).toBeLessThanOrEqual(result.expectedClassCosts!.always.cost);
    expect(result.metrics.primary.name).toBe('cost');
    expect(result.metrics.primary.value).toBeCloseTo(result.expectedClassCosts!.chosen / 1000, 9);
    const gate = result.gates.find(({ id }) => id === 'cost <= 0.8');
    expect(gate!.observed).toBeCloseTo(result.metrics.primary.value, 9);
    const card = await platform.run(['models', 'card', 'kinds', '1']);
    expect(card.stdout).toContain('as the answer the one of least expected cost');
    expect(card.stdout).toMatch(
      /## What it answers\n\n.*Chinstrap answered as Adelie costs 9.*\n.*On the hold-out the answers cost \d/s,
    );
  });

  it('answers the class of least expected cost over HTTP, from a file and in a batch', async () => {
    const { url, token } = result.endpoint!;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const inputs = rows.map((row) => ({
      Sex: row.Sex!,
      'Body Mass (g)': row['Body Mass (g)']!,
      'Beak Depth (mm)': row['Beak Depth (mm)']!,
    }));
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ rows: inputs }) });
    const { predictions } = (await response.json()) as PredictResponse;
    const answers = predictions.map(({ value }) => value);
    expect(answers).toEqual(predictions.map(({ probabilities }) => cheapest(probabilities!)));
    const moved = predictions.filter(({ probabilities, value }) => mostProbable(probabilities!) !== value);
    expect(moved.length).toBeGreaterThan(10);
    expect(new Set(answers).size).toBe(3);

    const file = join(await newFolder(), '..', 'rows.json');
    await writeFile(file, JSON.stringify(inputs));
    for (const command of [
      ['predict', 'kinds'],
      ['batch', 'predict', 'kinds'],
    ]) {
      const out = `${file}-${command[0]}.csv`;
      const { code, stderr } = await platform.run([...command, file, '--out', out]);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
      const told = await csvOf(out);
      const column = Object.keys(told[0]!).find((name) => CLASSES.includes(told[0]![name]!))!;
      expect(told.map((row) => row[column])).toEqual(answers);
    }
  });

  it(
    'keeps its costs when it is trained again, where champion and challenger are compared by cost',
    async () => {
      const file = join(await newFolder(), '..', 'more.json');
      await writeFile(file, JSON.stringify(rows.filter((_, place) => place % 3 === 0)));
      const { stdout } = await platform.run(['retrain', 'kinds', file, '--budget', '1s', '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ decision: { by: 'costs', costMatrix: MATRIX } });
      const version = await platform.client.call['models.version']({ params: { name: 'kinds', version: 2 } });
      const report = version.report as ValidationReport;
      const compared = report.datasets.find(({ champion }) => champion !== null)!;
      expect(compared.champion!.metrics.cost).toBeGreaterThan(0);
      expect(compared.baseline.says).toContain('“Chinstrap” as the answer');
    },
    2 * MINUTES,
  );

  it('of a lighter form stays decided by costs', async () => {
    const { code, stderr, stdout } = await platform.run([
      ...['optimize', 'kinds@1', '--max-loss', '5%', '--prefer', 'size', '--json'],
    ]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ judgedBy: { metric: 'cost' } });
  });

  it(
    'of two classes by name chooses the threshold as fn and fp do',
    async () => {
      const two = join(await newFolder(), '..', 'two.json');
      await writeFile(two, JSON.stringify(rows.filter(({ Species }) => Species !== 'Gentoo')));
      const own = ['train', two, '--target', 'Species', '--budget', '1s', '--name', 'two'];
      const named = await platform.answer<ShipResult>([...own, '--costs', 'Chinstrap:Adelie=10']);
      expect(named.decision).toMatchObject({ by: 'costs', costs: { fn: 10, fp: 1, tp: 0, tn: 0 } });
      expect(named.metrics.all.cost).toBeCloseTo(named.expectedCosts!.chosen / 1000, 9);
    },
    MINUTES,
  );

  it.each([
    { costs: 'Chinstrop:Adelie=5', code: 'costs.class-missing', says: /Nearest is Chinstrap\./ },
    { costs: 'Adelie:*=0,other=0', code: 'costs.one-answer', says: /answering Adelie never costs more/ },
    { costs: 'fn=5,fp=1', code: 'costs.unfit', says: /fn, fp, tp and tn are of two classes/ },
  ])('refuses $costs with the reason', async ({ costs, code, says }) => {
    const { stdout } = await platform.run(['train', 'kinds', ...words, '--costs', costs, '--json']);
    const { error } = JSON.parse(stdout);
    expect(error.code).toBe(code);
    expect(`${error.message} ${error.hint}`).toMatch(says);
  });

  it('refuses costs of a number', async () => {
    const numbers = [
      '--target',
      'Body Mass (g)',
      '--budget',
      '2s',
      '--task',
      'regression',
      '--costs',
      'a:b=2',
    ];
    const { stdout } = await platform.run(['train', PENGUINS, '--name', 'mass', ...numbers, '--json']);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'costs.unfit', path: 'costs' });
    expect(JSON.parse(stdout).error.message).toMatch(/it predicts numbers/);
  });
});

/** Reads probabilities and gives the answers of least expected cost and what they cost, by scikit-learn's confusion matrix. */
const SCIKIT_LEARN = `
import json, sys
import numpy as np
from sklearn.metrics import confusion_matrix, accuracy_score
given = json.load(sys.stdin)
truth, stated, costs = (np.array(given[name]) for name in ("truth", "stated", "costs"))
def of(answers):
    counts = confusion_matrix(truth, answers, labels=range(len(costs)))
    return float((counts * costs).sum() / len(truth))
answers = (stated @ costs).argmin(axis=1)
print(json.dumps({
    "cost": of(answers), "accuracy": accuracy_score(truth, answers),
    "mostProbable": of(stated.argmax(axis=1)),
    "always": min(of(np.full(len(truth), k)) for k in range(len(costs))),
}))
`;

describe.skipIf(!hasPython)(
  'costs agree with scikit-learn (needs Python with the packages of tests/requirements.txt)',
  () => {
    it('of the answers, of the most probable classes and of the best constant answer', () => {
      const random = seededRandom(5);
      const stated = Array.from({ length: 800 }, () => {
        const weights = [random(), random(), random()];
        const sum = weights.reduce((total, one) => total + one, 0);
        return weights.map((weight) => weight / sum);
      });
      const truth = Float64Array.from(stated, (shares) => {
        const drawn = random();
        return drawn < shares[0]! ? 0 : drawn < shares[0]! + shares[1]! ? 1 : 2;
      });
      const predictions = { rows: 800, outputs: 3, values: Float64Array.from(stated.flat()) };
      const rule = { threshold: 0.5, costMatrix: MATRIX };
      const measured = measure('multiclass', truth, predictions, { ...rule, answerCosts: MATRIX });
      const { datasets } = validateCandidate({
        ...{ task: 'multiclass', classes: CLASSES, ...rule, answerCosts: MATRIX, seed: 1 },
        prior: { classShares: [0.4, 0.2, 0.4] },
        datasets: [{ name: 'h', target: truth, candidate: predictions }],
      });
      const { expectedClassCosts, primary } = datasets[0]!;
      const input = JSON.stringify({ truth: [...truth], stated, costs: MATRIX });
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', SCIKIT_LEARN], { input, encoding: 'utf8' });
      expect(stderr).toBe('');
      const expected = JSON.parse(stdout) as Record<string, number>;
      expect(primary).toMatchObject({ metric: 'cost', value: expect.closeTo(expected.cost!, 10) });
      expect(measured.cost).toBeCloseTo(expected.cost!, 10);
      expect(measured.accuracy).toBeCloseTo(expected.accuracy!, 10);
      expect(expectedClassCosts!.chosen / 1000).toBeCloseTo(expected.cost!, 10);
      expect(expectedClassCosts!.mostProbable / 1000).toBeCloseTo(expected.mostProbable!, 10);
      expect(expectedClassCosts!.always.cost / 1000).toBeCloseTo(expected.always!, 10);
    });
  },
);
