import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OperationAnswer, ShipResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../packages/server/src/kernel/index.ts';
import { measure } from '../../packages/server/src/stages/train/index.ts';
import { type ValidationReport, validateCandidate } from '../../packages/server/src/stages/validate/index.ts';
import { cleanUp, newFolder, type Platform, ROOT, startPlatform } from './slipway.ts';

const MINUTES = 60_000;
const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const hasPython = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import sklearn']).status === 0;

afterAll(cleanUp);

/** Whether a loan defaults depends on income and debt; sex goes along with income. */
function loans(rows: number): string {
  const random = seededRandom(11);
  const lines = Array.from({ length: rows }, (_, row) => {
    const sex = random() < 0.5 ? 'f' : 'm';
    const income = 20 + 30 * random() + (sex === 'm' ? 12 : 0);
    const debt = 40 * random();
    const risk = 1 / (1 + Math.exp(-(debt - income + 12) / 6));
    return `${1000 + 7 * row},${sex},${Math.floor(20 + 50 * random())},${income.toFixed(1)},${debt.toFixed(1)},${random() < risk ? 'yes' : 'no'}`;
  });
  return `loan,sex,age,income,debt,default\n${lines.join('\n')}\n`;
}

describe('a model whose groups are compared and whose threshold follows costs', () => {
  let platform: Platform;
  let result: ShipResult;
  let file: string;
  const asked = ['--target', 'default', '--exclude', 'sex', '--groups', 'sex,age', '--costs', 'fn=5,fp=1'];
  beforeAll(async () => {
    platform = await startPlatform();
    file = join(await newFolder(), '..', 'loans.csv');
    await writeFile(file, loans(900));
    result = await platform.answer<ShipResult>(['train', file, ...asked, '--budget', '2s']);
  }, 3 * MINUTES);

  it('reports on a column that the model may not use, with gaps between its groups', () => {
    const [sex, age] = result.groups!;
    expect(result.leftOut).toContainEqual(expect.objectContaining({ column: 'sex' }));
    expect(sex!.groups.map(({ value }) => value).toSorted()).toEqual(['f', 'm']);
    expect(Object.keys(sex!.groups[0]!.intervals)).toEqual([
      'selection-rate',
      'true-positive-rate',
      'false-positive-rate',
      'calibration',
    ]);
    expect(sex!.gaps['selection-rate-difference']!.between).toEqual(['m', 'f']);
    expect(sex!.gaps['selection-rate-difference']!.low).toBeGreaterThan(0);
    expect(age!.groups).toHaveLength(4);
    expect(sex!.comparisons).toBe(1 + 6);
  });

  it('answers from the probability that the costs imply on, unless another is cheaper, and says so', () => {
    const { by, says, expected, threshold } = result.decision!;
    expect(by).toBe('costs');
    expect(threshold).toBeLessThan(0.4);
    expect(says).toMatch(/A missed positive costs 5 and a false alarm 1/);
    expect(expected!.chosen).toBeLessThan(expected!.half);
    expect(result.expectedCosts!.chosen).toBeLessThan(result.expectedCosts!.alwaysNegative);
  });

  it('looks for slices among its inputs alone', async () => {
    const version = await platform.client.call['models.version']({ params: { name: 'loans', version: 1 } });
    const report = version.report as ValidationReport;
    const columns = new Set(report.datasets[0]!.slices.map(({ column }) => column));
    expect(report.datasets[0]!.slicesExamined).toBeGreaterThan(0);
    for (const column of ['loan', 'sex', 'default']) expect([...columns]).not.toContain(column);
  });

  it('has a card that says how well it does, when it answers, and how groups differ', async () => {
    const { stdout } = await platform.run(['models', 'card', 'loans', '1']);
    expect(stdout).toMatch(/Of 100 rows whose default is yes, it finds \d+ \(95 % interval \d+ to \d+\)/);
    expect(stdout).toContain('## When it answers');
    expect(stdout).toContain('### By sex');
    expect(stdout).toMatch(
      /Decisions that must treat groups of sex alike: the share of positive answers differs/,
    );
  });

  it('compares the same groups, by the same costs, when it is trained by name in the API', async () => {
    const runs = await platform.answer<OperationAnswer<'runs.list'>>(['runs', 'list']);
    expect(runs.runs[0]!.params).toMatchObject({
      fairness: ['sex', 'age'],
      costs: { fn: 5, fp: 1, tp: 0, tn: 0 },
    });
  });

  it(
    'answers from a threshold that is set, whose reason is on the card, and refuses one beside costs or for other tasks',
    async () => {
      const words = ['--target', 'default', '--exclude', 'sex', '--budget', '2s'];
      const set = await platform.answer<ShipResult>([
        ...['train', file, '--name', 'set', ...words],
        ...['--threshold', '0.3'],
      ]);
      expect(set.decision).toMatchObject({ threshold: 0.3, by: 'given' });
      expect(set.decision!.says).toMatch(/^Set by the user\. On \d+ out-of-fold predictions it answers \d/);
      const card = await platform.run(['models', 'card', 'set', '1']);
      expect(card.stdout).toMatch(/from a probability of 0\.3 on\. Set by the user\./);
      const refused = async (...asked: string[]) => {
        const { stdout } = await platform.run(['train', file, '--name', 'set', ...asked, '--json']);
        return JSON.parse(stdout).error;
      };
      const both = await refused(...words, '--threshold', '0.3', '--costs', 'fn=5,fp=1');
      expect(both).toMatchObject({ code: 'request.invalid', path: 'threshold' });
      const numbers = await refused('--target', 'debt', '--task', 'regression', '--threshold', '0.3');
      expect(numbers).toMatchObject({ code: 'threshold.unfit', path: 'threshold' });
    },
    2 * MINUTES,
  );

  it.each([
    { words: ['--costs', 'fn=5'], code: 2, says: /Give both fn .* and fp/ },
    { words: ['--costs', 'fn=5,fp=x'], code: 2, says: /write costs as fn=10,fp=1/ },
    { words: ['--costs', 'fn=0,fp=1'], code: 2, says: /must cost more than the right one/ },
    { words: ['--groups', 'sexx'], code: 6, says: /no column sexx in loans/ },
    {
      words: ['--costs', 'fn=5,fp=1', '--task', 'multiclass'],
      code: 6,
      says: /do not fit a multiclass model: fn, fp, tp and tn are of two classes/,
    },
  ])('refuses $words with the reason', async ({ words, code, says }) => {
    const finished = await platform.run([
      'train',
      'loans',
      '--target',
      'default',
      '--budget',
      '2s',
      ...words,
    ]);
    expect({ code: finished.code, says: finished.stderr }).toEqual({
      code,
      says: expect.stringMatching(says),
    });
  });
});

/** Reads predictions and gives what scikit-learn says of them, of all rows and by group. */
const SCIKIT_LEARN = `
import json, sys
import numpy as np
from sklearn.metrics import confusion_matrix, recall_score, precision_score, roc_auc_score, brier_score_loss
given = json.load(sys.stdin)
truth, stated, group = (np.array(given[name]) for name in ("truth", "stated", "group"))
answers = (stated >= given["threshold"]).astype(int)
def of(rows):
    tn, fp, fn, tp = confusion_matrix(truth[rows], answers[rows], labels=[0, 1]).ravel()
    return {
        "sensitivity": recall_score(truth[rows], answers[rows]),
        "specificity": recall_score(truth[rows], answers[rows], pos_label=0),
        "ppv": precision_score(truth[rows], answers[rows]),
        "npv": precision_score(truth[rows], answers[rows], pos_label=0),
        "roc-auc": roc_auc_score(truth[rows], stated[rows]),
        "brier": brier_score_loss(truth[rows], stated[rows]),
        "selection-rate": float(answers[rows].mean()),
        "true-positive-rate": tp / (tp + fn),
        "false-positive-rate": fp / (fp + tn),
        "calibration": float(stated[rows].mean() - truth[rows].mean()),
    }
everything = {key: value for key, value in of(np.full(len(truth), True)).items() if key in given["measured"]}
print(json.dumps([everything] + [of(group == code) for code in range(3)]))
`;

describe.skipIf(!hasPython)(
  'figures agree with scikit-learn (needs Python with the packages of tests/requirements.txt)',
  () => {
    it('of all rows and of each group', () => {
      const random = seededRandom(2);
      const stated = Float64Array.from({ length: 900 }, () => random());
      const truth = stated.map((probability) => (random() < probability ? 1 : 0));
      const group = Int32Array.from(truth, () => Math.floor(3 * random()));
      const predictions = { rows: 900, outputs: 1, values: stated };
      const measured = measure('binary', truth, predictions, { threshold: 0.35 });
      const columns = [{ name: 'g', type: 'string' as const, codes: group, dictionary: ['0', '1', '2'] }];
      const report = validateCandidate({
        ...{
          task: 'binary',
          classes: ['0', '1'],
          threshold: 0.35,
          prior: { classShares: [0.5, 0.5] },
          seed: 1,
        },
        groups: [{ column: 'g', cuts: null }],
        datasets: [{ name: 'h', target: truth, candidate: predictions, table: { rows: 900, columns } }],
      });
      const input = JSON.stringify({
        ...{ truth: [...truth], stated: [...stated], group: [...group], threshold: 0.35 },
        measured: Object.keys(measured),
      });
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', SCIKIT_LEARN], { input, encoding: 'utf8' });
      expect(stderr).toBe('');
      const [all, ...groups] = JSON.parse(stdout) as Record<string, number>[];
      const found = report.datasets[0]!.groups![0]!.groups.toSorted((a, b) => (a.value < b.value ? -1 : 1));
      expect(Object.keys(all!)).toHaveLength(6);
      expectClose(measured, all!);
      for (const [code, expected] of groups.entries()) expectClose(found[code]!.metrics, expected);
    });
  },
);

function expectClose(measured: Record<string, number>, expected: Record<string, number>): void {
  const figures = new Map(Object.entries(measured));
  for (const [name, value] of Object.entries(expected))
    expect(figures.get(name), name).toBeCloseTo(value, 10);
}
