import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint, Model, ShipResult, ValidationResult } from '@slipway/contract';
import { waitForJob } from '@slipway/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { denseModel } from '../../packages/server/src/testing/sample-onnx.ts';
import { cleanUp, type Platform, startPlatform } from './slipway.ts';

const MINUTE = 60_000;

/** Orders that depend on age, and in PT on nothing. */
function orders(rows: number, first: number): string[] {
  return Array.from({ length: rows }, (_, i) => {
    const row = first + i;
    const [country, sex] = [['PT', 'DE', 'ES'][row % 3]!, ['f', 'm'][Math.floor(row / 3) % 2]!];
    const age = 18 + ((row * 37) % 61);
    const luck = (row * 7919) % 100;
    const bought = country === 'PT' ? luck < 50 : age + luck / 10 > 50;
    return `${row},${country},${sex},${age},${bought ? 'yes' : 'no'}`;
  });
}

const HEADER = 'id,country,sex,age,bought';
const TRAINING = orders(600, 0);
const MORE = orders(120, 5000);

describe('named validation sets and gates', () => {
  let platform: Platform;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-sets-'));
    platform = await startPlatform();
    const march = [...orders(240, 1000), ...TRAINING.slice(0, 30), '9,PT,f,40,'];
    await platform.answer(['data', 'add', await saved('orders-march.csv', [HEADER, ...march])]);
  }, 2 * MINUTE);
  afterAll(async () => {
    await cleanUp();
    await rm(folder, { recursive: true, force: true });
  });

  async function saved(name: string, lines: string[] | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, Array.isArray(lines) ? `${lines.join('\n')}\n` : lines);
    return path;
  }

  const gatesOf = ({ gates }: Pick<ShipResult, 'gates'>) =>
    Object.fromEntries(gates.map(({ id, passed }) => [id, passed]));

  it(
    'decide on the set, slice and group they name, at the first training and at every retraining',
    async () => {
      const file = await saved('orders.csv', [HEADER, ...TRAINING]);
      const asked = [
        '--target',
        'bought',
        '--exclude',
        'id',
        '--budget',
        '2s',
        '--validate-on',
        'orders_march',
      ];
      const gates = ['roc_auc>=0.6', 'accuracy>=0.6 on orders_march', 'accuracy>=0.8 where country=DE'];
      const flags = [...gates, 'selection-rate-ratio>=0.5 by sex'].flatMap((gate) => ['--gate', gate]);
      const shipped = await platform.answer<ShipResult>([
        ...['ship', file, ...asked, ...flags],
        ...['--server', platform.url],
      ]);
      const wanted = {
        'roc-auc >= 0.6': true,
        'accuracy >= 0.6 on orders-march': true,
        'accuracy >= 0.8 where country = DE': true,
        'selection-rate-ratio >= 0.5 by sex': true,
      };
      expect(shipped.promoted).toBe(true);
      expect(gatesOf(shipped)).toMatchObject({ 'beats-baseline': true, ...wanted });
      const march = shipped.gates.find(({ set }) => set === 'orders-march')!;
      expect(march).toMatchObject({ rows: 270, says: expect.stringContaining('equal training rows') });

      const more = await saved('more.csv', [HEADER, ...MORE]);
      const again = await platform.answer<ShipResult>(['retrain', 'orders', more, '--budget', '2s']);
      expect(gatesOf(again)).toMatchObject(wanted);

      const closed = ['--gate', 'accuracy>=0.9 where country=PT', '--no-default-gates'];
      const refused = await platform.run(['retrain', 'orders', more, '--budget', '2s', '--json', ...closed]);
      expect(refused.code).toBe(10);
      const { promoted, gates: results } = JSON.parse(refused.stdout) as ShipResult;
      expect([promoted, results.map(({ id }) => id)]).toEqual([
        false,
        [
          'leakage',
          'accuracy >= 0.9 where country = PT',
          'parity',
          'label-shift',
          'input-shift',
          'label-signal',
        ],
      ]);
      expect((await platform.answer<Endpoint>(['endpoints', 'show', 'orders'])).version).not.toBe(3);
    },
    4 * MINUTE,
  );

  it(
    'measure a version later, which is kept with it and says with its exit status whether the gates hold',
    async () => {
      const words = ['validate', 'orders@1', 'orders-march', '--json', '--gate'];
      const closed = await platform.run([...words, 'recall>=1']);
      expect(closed.code).toBe(10);
      const started = await platform.client.call['models.validate']({
        params: { name: 'orders' },
        body: {
          version: 1,
          dataset: { name: 'orders-march', version: 1 },
          gates: [
            {
              metric: 'accuracy',
              is: '>=',
              value: 0.6,
              where: [{ column: 'country', is: '!=', value: 'PT' }],
            },
          ],
        },
      });
      const held = (await waitForJob(platform.client, started.id)).output as ValidationResult;
      expect(held).toMatchObject({ passed: true, datasetVersion: 1, gates: [{ rows: expect.any(Number) }] });
      const { validations } = await platform.answer<Model>(['models', 'show', 'orders']);
      expect(validations.map(({ passed, by, dataset }) => [passed, by, dataset])).toEqual([
        [true, 'owner', 'orders-march'],
        [false, 'owner', 'orders-march'],
      ]);
      const card = (await platform.run(['models', 'card', 'orders', '1'])).stdout;
      expect(card).toContain('## Measured later');
      expect(card).toContain('equal a training row');
    },
    3 * MINUTE,
  );

  it(
    'that do not exist are refused before anything starts',
    async () => {
      const refusals: [string, string][] = [
        ['nonsense>=1', 'gate.metric-unknown'],
        ['recall>=0.5 on june', 'gate.set-unknown'],
        ['recall>=0.5 where city=Oslo', 'gate.column-missing'],
        ['recall>=0.5 where age=old', 'gate.value-unfit'],
        ['recall=>0.5', 'command.invalid'],
      ];
      for (const [gate, code] of refusals) {
        const args = ['train', 'orders', '--name', 'other', '--target', 'bought', '--json', '--gate', gate];
        const { stdout } = await platform.run([...args, '--server', platform.url]);
        expect([gate, (JSON.parse(stdout) as { error: { code: string } }).error.code]).toEqual([gate, code]);
      }
      expect((await platform.run(['models', 'show', 'other'])).code).toBe(4);
    },
    3 * MINUTE,
  );

  it(
    'measure an imported model by the column that is named, and refuse one whose task is not known',
    async () => {
      const names = Array.from({ length: 8 }, (_, k) => `x_${k}`);
      const rows = Array.from({ length: 60 }, (_, row) => {
        const values = names.map((_, k) => Math.sin(row * (k + 1)).toFixed(3));
        return [...values, ['no', 'maybe', 'yes'][row % 3]].join(',');
      });
      await platform.answer([
        'data',
        'add',
        await saved('signals.csv', [[...names, 'outcome'].join(','), ...rows]),
      ]);
      const labels = await saved('labels.txt', ['no', 'maybe', 'yes']);
      const onnx = await saved('dense.onnx', denseModel(16, 1));
      await platform.answer(['models', 'import', onnx, '--task', 'multiclass', '--labels', labels]);
      const measured = await platform.answer<ValidationResult>([
        'validate',
        'dense',
        'signals',
        '--target',
        'outcome',
      ]);
      expect(measured).toMatchObject({ version: 1, passed: null, says: expect.stringContaining('60 rows') });
      const untold = await platform.run(['validate', 'dense', 'signals', '--json']);
      expect(untold.stdout).toContain('name the column of outcomes with --target');
      await platform.answer(['models', 'import', await saved('raw.onnx', denseModel(16, 2))]);
      const unknown = await platform.run(['validate', 'raw', 'signals', '--json', '--target', 'outcome']);
      expect(unknown).toMatchObject({
        code: 6,
        stdout: expect.stringContaining('what the model predicts was not said'),
      });
    },
    3 * MINUTE,
  );
});
