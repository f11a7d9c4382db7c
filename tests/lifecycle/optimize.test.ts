import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint, Model, OptimizationResult } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convolutionalNetwork } from '../../packages/server/src/testing/network-graphs.ts';
import { cleanUp, PENGUINS, type Platform, startPlatform } from './slipway.ts';

const MINUTE = 60_000;

type Optimized = OptimizationResult & { version: number | null; endpoint: string | null };
type Answer = { model: { version: number }; predictions: { value: string }[] };

/** Images of two channels of 8 by 8, bright in one corner or another, as nested lists. */
function images(count: number): number[][][][] {
  return Array.from({ length: count }, (_, image) =>
    Array.from({ length: 2 }, (_, channel) =>
      Array.from({ length: 8 }, (_, y) =>
        Array.from({ length: 8 }, (_, x) => Math.sin(image * 1.7 + channel * 3 + (image % 5) * x + y * 0.7)),
      ),
    ),
  );
}

describe('a model that is made lighter', () => {
  let platform: Platform;
  let token: string;
  beforeAll(async () => {
    platform = await startPlatform();
  }, 2 * MINUTE);
  afterAll(cleanUp);

  async function ask(endpoint: Endpoint, rows: unknown[], secret: string): Promise<Answer> {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Answer;
  }

  async function tokenOf(endpoint: string): Promise<string> {
    return (await platform.answer<{ secret: string }>(['endpoints', 'token', endpoint])).secret;
  }

  it(
    'after it was trained here becomes a version that takes the same columns and answers within the limit',
    async () => {
      // Averages of folds with many rounds, so that there is something to take out.
      const fixed = ['--learner', 'boosted-trees', '--params', 'rounds=40,leaves=15', '--budget', '30s'];
      const wish = ['--target', 'Species', '--name', 'penguins', ...fixed, '--server', platform.url];
      await platform.answer(['train', PENGUINS, ...wish]);
      await platform.answer(['deploy', 'penguins']);
      const words = ['optimize', 'penguins', '--max-loss', '5%', '--prefer', 'size', '--deploy'];
      const optimized = await platform.answer<Optimized>(words);
      const { judgedBy, table, from } = optimized;
      expect(from.version).toBe(1);
      expect(judgedBy).toMatchObject({ verified: true, data: expect.stringContaining('refitted on') });
      expect(table[0]).toMatchObject({ technique: 'as it is', outcome: 'before', quality: judgedBy.before });
      const chosen = table.find(({ outcome }) => outcome === 'chosen')!;
      expect(chosen.bytes!).toBeLessThan(table[0]!.bytes!);
      expect([optimized.version, optimized.endpoint]).toEqual([2, 'penguins']);

      const model = await platform.answer<Model>(['models', 'show', 'penguins']);
      expect(model.versions[0]).toMatchObject({
        version: 2,
        aliases: ['champion'],
        runId: model.versions[1]!.runId,
        gates: [{ id: 'quality-limit', passed: true }],
      });
      // Its report and its card are its own.
      expect(model.validations[0]).toMatchObject({ version: 2, dataset: 'penguins', datasetVersion: 1 });
      const card = (await platform.run(['models', 'card', 'penguins', '2'])).stdout;
      expect(card).toMatch(/^# penguins, made from version 1 /);
      expect(card).toContain('## Compared with version 1');
      expect(card).toContain('only their difference counts');
      const endpoint = await platform.answer<Endpoint>(['endpoints', 'show', 'penguins']);
      token = await tokenOf('penguins');
      const table0 = JSON.parse(await readFile(PENGUINS, 'utf8')) as Record<string, unknown>[];
      const rows = table0.slice(0, 200).map(({ Species: _, ...row }) => row);
      const after = await ask(endpoint, rows, token);
      expect(after.model.version).toBe(2);
      const { run } = platform;
      expect((await run(['rollback', 'penguins'])).code).toBe(0);
      const before = await ask(endpoint, rows, token);
      expect(before.model.version).toBe(1);
      const same = after.predictions.filter(({ value }, row) => value === before.predictions[row]!.value);
      expect(same.length).toBeGreaterThanOrEqual(180);
    },
    4 * MINUTE,
  );

  it(
    'is judged by a file that is read as the options say',
    async () => {
      const table0 = JSON.parse(await readFile(PENGUINS, 'utf8')) as Record<string, string | number | null>[];
      const names = Object.keys(table0[0]!);
      const cell = (value: string | number | null | undefined) => String(value ?? '').replace('.', ',');
      const lines = table0.slice(0, 80).map((row) => names.map((name) => cell(row[name])).join(';'));
      const file = join(platform.folder, '..', 'judged.csv');
      await writeFile(file, ['% measured in 2009', names.join(';'), ...lines, ''].join('\n'));
      const words = ['optimize', 'penguins@1', '--max-loss', '0%', '--on', file];

      const without = await platform.run(words);
      expect(without.code).not.toBe(0);
      expect(without.stderr).toContain('numbers with a decimal point');
      const flags = ['--decimal', ',', '--comment', '%'];
      const shown = await platform.answer<{ rows: unknown[] }>([...words, ...flags, '--preview']);
      expect(shown.rows[0]).toEqual(table0[0]);
      const byCommand = await platform.answer<Optimized>([...words, ...flags]);
      expect(byCommand.judgedBy.data).toContain('80 rows');
      expect(byCommand.judgedBy.before).toBeGreaterThan(0.9);

      const dataset = await platform.run(['optimize', 'penguins', '--on', 'penguins', ...flags]);
      expect(dataset.stderr).toContain('--comment is for files');
    },
    4 * MINUTE,
  );

  it(
    'from elsewhere is calibrated, registered, deployed, and answers as before within the limit',
    async () => {
      const file = join(platform.folder, '..', 'net.onnx');
      await writeFile(file, convolutionalNetwork(16));
      const labels = join(platform.folder, '..', 'labels.txt');
      await writeFile(labels, 'a\nb\nc\nd\n');
      await platform.answer(['models', 'import', file, '--task', 'multiclass', '--labels', labels]);
      const rows = images(80);
      const calibration = join(platform.folder, '..', 'calibration.json');
      await writeFile(calibration, JSON.stringify({ image: rows }));

      const words = [
        'optimize',
        'net@1',
        '--max-loss',
        '10%',
        '--calibration',
        calibration,
        '--prefer',
        'size',
      ];
      const optimized = await platform.answer<Optimized>(words);
      expect(optimized.judgedBy).toMatchObject({ metric: 'agreement', before: 1, rows: 40, verified: true });
      expect(optimized.version).toBe(2);
      const chosen = optimized.table.find(({ outcome }) => outcome === 'chosen')!;
      expect(chosen.quality).toBeGreaterThanOrEqual(0.9);
      expect(chosen.bytes!).toBeLessThan(optimized.table[0]!.bytes! / 1.5);

      const endpoint = await platform.answer<Endpoint>(['deploy', 'net@1']);
      const secret = await tokenOf('net');
      const given = rows.map((image) => ({ image }));
      const before = await ask(endpoint, given, secret);
      await platform.answer(['deploy', 'net@2']);
      const after = await ask(endpoint, given, secret);
      expect([before.model.version, after.model.version]).toEqual([1, 2]);
      const same = after.predictions.filter(({ value }, row) => value === before.predictions[row]!.value);
      expect(same.length).toBeGreaterThanOrEqual(64);
    },
    4 * MINUTE,
  );

  it(
    'of which nobody gives rows is not quantized, unless somebody takes it unverified',
    async () => {
      const refused = await platform.answer<Optimized>(['optimize', 'net@1']);
      expect(refused.judgedBy.verified).toBe(false);
      const quantized = refused.table.filter(({ technique }) => technique.startsWith('int8'));
      for (const { outcome, says } of quantized)
        expect([outcome, says]).toEqual(['inapplicable', expect.stringContaining('--unverified')]);
      const taken = await platform.answer<Optimized>([
        'optimize',
        'net@1',
        '--unverified',
        '--prefer',
        'size',
        '--max-loss',
        '20%',
      ]);
      expect(taken.judgedBy).toMatchObject({ verified: false, data: expect.stringContaining('at random') });
      expect(taken.says).toContain('its predictions on real rows were not evaluated');
    },
    4 * MINUTE,
  );

  it.each<[string, string[], number, string]>([
    ['a limit below zero', ['penguins', '--max-loss=-1'], 2, 'between 0 and 100%'],
    ['a limit that is no number', ['penguins', '--max-loss', 'NaN'], 2, 'between 0 and 100%'],
    ['more than everything', ['penguins', '--max-loss', '101%'], 2, 'between 0 and 100%'],
    ['a model that is not there', ['nothing'], 4, 'model.missing'],
    ['a version that is not there', ['penguins@99'], 4, 'model.version-missing'],
    ['a dataset that is not there', ['penguins', '--on', 'nothing'], 4, 'dataset.missing'],
    ['a file that is not there', ['penguins', '--on', './nothing.csv'], 4, 'file.not-found'],
    ['rows of another model', ['net@1', '--on', 'penguins'], 6, 'optimize.bad-data'],
  ])(
    'is refused for %s',
    async (_, words, code, says) => {
      const { code: exit, stderr } = await platform.run(['optimize', ...words]);
      expect([exit, stderr]).toEqual([code, expect.stringContaining(says)]);
    },
    MINUTE,
  );

  it('is refused by the API for a limit that is none', async () => {
    const body = { maxLoss: -0.1 };
    const response = await fetch(`${platform.url}/api/v1/models/penguins/optimize`, {
      method: 'POST',
      headers: { authorization: `Bearer ${platform.ownerKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'request.invalid', path: 'maxLoss' });
  });
});
