import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Endpoint } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classifierModel, denseModel, mixingModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { cleanUp, newFolder, PENGUINS, type Platform, startPlatform } from './slipway.ts';

const MINUTE = 60_000;
const CLASSES = ['Adelie', 'Chinstrap', 'Gentoo'] as const;
const FEATURES = ['Beak Length (mm)', 'Body Mass (g)'] as const;
/** Of the imported model: the softmax of X·W + b. */
const W = [
  [-0.2, 0.1, 0.1],
  [0, -0.001, 0.002],
];
const B = [8, 2, -10];

type Row = Record<string, unknown>;
type Shares = Record<string, number>;
type Prediction = { value: string; probabilities: Shares };

const MEAN = {
  name: 'mean',
  ensemble: {
    method: 'mean',
    members: [
      { name: 'own', model: 'own@champion', weight: 2 },
      { name: 'elsewhere', model: 'elsewhere@1', features: FEATURES },
    ],
  },
};

describe('an inference graph over a trained and an imported model', () => {
  let platform: Platform;
  let home: string;
  let rows: Row[];
  const secrets = new Map<string, string>();

  beforeAll(async () => {
    platform = await startPlatform();
    home = dirname(await newFolder());
    const options = ['--learner', 'linear', '--name', 'own', '--budget', '5s', '--server', platform.url];
    await platform.answer(['train', PENGUINS, '--target', 'Species', ...options]);
    await platform.answer(['deploy', 'own']);
    const labels = ['--labels', await saved('classes.txt', `${CLASSES.join('\n')}\n`)];
    const file = await saved('elsewhere.onnx', classifierModel(W, B));
    await platform.answer(['models', 'import', file, '--task', 'multiclass', ...labels]);
    await platform.answer(['models', 'import', await saved('mixing.onnx', mixingModel())]);
    await platform.answer(['models', 'import', await saved('bare.onnx', denseModel(4))]);
    const table = JSON.parse(await readFile(PENGUINS, 'utf8')) as Row[];
    rows = table
      .map(({ Species: _, ...row }) => row)
      .filter((row) => FEATURES.every((name) => typeof row[name] === 'number'));
  }, 4 * MINUTE);
  afterAll(cleanUp);

  async function saved(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(home, name);
    await writeFile(path, content);
    return path;
  }

  async function declare(name: string, graph: object) {
    const file = await saved(`${name}.yaml`, JSON.stringify({ graph }));
    return platform.answer<{ revision: number; changed: boolean }>([
      'endpoints',
      'set',
      name,
      '--file',
      file,
    ]);
  }

  const refusal = (name: string, graph: object) =>
    declare(name, graph).then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  async function ask(endpoint: string, sent: readonly Row[], query = '') {
    const token =
      secrets.get(endpoint) ??
      (await platform.answer<{ secret: string }>(['endpoints', 'token', endpoint])).secret;
    secrets.set(endpoint, token);
    const response = await fetch(`${platform.inferenceUrl}/endpoints/${endpoint}/predict${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows: sent }),
    });
    return { status: response.status, body: (await response.json()) as { predictions: Prediction[] } };
  }

  /** What the imported model answers, by hand. */
  function shares(row: Row): Shares {
    const sums = CLASSES.map((_, k) =>
      FEATURES.reduce((sum, name, f) => sum + Number(row[name]) * W[f]![k]!, B[k]!),
    );
    const most = Math.max(...sums);
    const powers = sums.map((sum) => Math.exp(sum - most));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return Object.fromEntries(CLASSES.map((name, k) => [name, powers[k]! / total]));
  }

  /** What the mean must answer, out of what the trained model's own endpoint answers. */
  async function byHand(): Promise<Shares[]> {
    const own = (await ask('own', rows)).body.predictions;
    return rows.map((row, i) => {
      const other = new Map(Object.entries(shares(row)));
      const mean = (name: string) =>
        (2 * new Map(Object.entries(own[i]!.probabilities)).get(name)! + other.get(name)!) / 3;
      return Object.fromEntries(CLASSES.map((name) => [name, mean(name)]));
    });
  }

  it(
    'answers what both answer, put together by hand, and is the same version when it is declared again',
    async () => {
      expect(await declare('mean', MEAN)).toMatchObject({ revision: 1, changed: true });
      const found = (await ask('mean', rows)).body.predictions;
      const expected = await byHand();
      expect(found).toHaveLength(rows.length);
      for (const [i, { value, probabilities }] of found.entries()) {
        const wanted = Object.entries(expected[i]!);
        for (const [name, share] of wanted)
          expect(new Map(Object.entries(probabilities)).get(name)).toBeCloseTo(share, 5);
        expect(value).toBe(wanted.toSorted(([, a], [, b]) => b - a)[0]![0]);
      }
      expect(await declare('mean', MEAN)).toMatchObject({ revision: 1, changed: false });
      const { stdout } = await platform.run(['endpoints', 'show', 'mean']);
      expect(stdout).toContain('elsewhere · model elsewhere@1 (features Beak Length (mm), Body Mass (g))');
      const { example } = await platform.answer<Endpoint>(['endpoints', 'show', 'mean']);
      expect((await ask('mean', example.rows as Row[])).status).toBe(200);
    },
    2 * MINUTE,
  );

  it(
    'predicts a file beside the endpoint as the endpoint does, and is monitored',
    async () => {
      const out = join(home, 'answers.csv');
      const file = await saved('rows.json', JSON.stringify(rows));
      await platform.answer(['batch', 'predict', 'mean', file, '--out', out]);
      const [head, ...lines] = (await readFile(out, 'utf8')).trim().split('\n');
      const [value, share] = ['prediction', 'probability_Gentoo'].map((name) =>
        head!.split(',').indexOf(name),
      );
      const found = (await ask('mean', rows)).body.predictions;
      expect(lines.map((line) => line.split(',')[value!])).toEqual(found.map((each) => each.value));
      for (const [i, line] of lines.entries())
        expect(Number(line.split(',')[share!])).toBeCloseTo(found[i]!.probabilities.Gentoo!, 9);
      expect(JSON.stringify(await platform.answer(['monitor', 'mean']))).toContain('Body Mass (g)');
    },
    MINUTE,
  );

  it(
    'of an imported model alone answers, is monitored without a reference, and outlives a restart',
    async () => {
      await declare('alone', { name: 'alone', model: 'elsewhere@1', features: FEATURES });
      const row = Object.fromEntries(FEATURES.map((name) => [name, rows[0]![name]]));
      const check = async () => {
        const [{ value, probabilities }] = (await ask('alone', [row])).body.predictions as [Prediction];
        for (const [name, share] of Object.entries(shares(row)))
          expect(new Map(Object.entries(probabilities)).get(name)).toBeCloseTo(share, 5);
        expect(CLASSES).toContain(value);
      };
      await check();
      const monitored = await platform.run(['monitor', 'alone']);
      expect(monitored.stderr + monitored.stdout).not.toMatch(/internal/);
      const { folder } = platform;
      expect(await platform.stop()).toBe(0);
      platform = await startPlatform({ folder });
      await check();
      expect((await ask('mean', [rows[0]!])).status).toBe(200);
    },
    2 * MINUTE,
  );

  it('is refused with the field and the way out where an imported model does not fit', async () => {
    const node = (model: string, more: object = {}) => ({ name: 'root', model, ...more });
    expect(await refusal('a', node('mixing@1'))).toMatch(/rows are not proven independent.*graph\.model/s);
    expect(await refusal('b', node('bare@1', { features: ['a'] }))).toMatch(
      /task tensor, no classes.*--labels FILE.*graph\.model/s,
    );
    expect(await refusal('c', node('elsewhere@1'))).toMatch(
      /list the 2 columns that it is made of, in their order, such as features: \[age, income\].*graph\.features/s,
    );
    expect(await refusal('d', node('elsewhere@1', { features: ['a'] }))).toMatch(
      /has 2 features, and 1 columns are listed.*graph\.features/s,
    );
    expect(await refusal('e', node('own@1', { features: ['a'] }))).toMatch(
      /leave features out.*graph\.features/s,
    );
  });
});
