import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Endpoint, ModelVersion, TensorSignature } from '@slipway/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  denseModel,
  longModel,
  mixingModel,
  textModel,
} from '../../packages/server/src/testing/sample-onnx.ts';
import { cleanUp, type Platform, ROOT, startPlatform } from './slipway.ts';

const MINUTE = 60_000;
const PYTHON = process.env.SLIPWAY_TEST_PYTHON ?? join(ROOT, '.venv/bin/python');
const NEEDS = 'import mlflow, onnx, onnxruntime, sklearn, tritonclient.http';
const hasPython = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', NEEDS]).status === 0;
const run = promisify(execFile);

const X = [1, 2, 3, 4, 5, 6, 7, 8];

describe('a model that was made elsewhere', () => {
  let platform: Platform;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-foreign-'));
    platform = await startPlatform();
  }, 2 * MINUTE);
  afterAll(async () => {
    await cleanUp();
    await rm(folder, { recursive: true, force: true });
  });

  async function saved(name: string, bytes: string | Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  async function tokenOf(endpoint: string): Promise<string> {
    const { secret } = await platform.answer<{ secret: string }>(['endpoints', 'token', endpoint]);
    return secret;
  }

  async function predict(endpoint: Endpoint, token: string, rows: unknown[]) {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows }),
    });
    return (await response.json()) as { model: { version: number }; predictions: { value: string }[] };
  }

  it(
    'is imported, deployed, called, replaced and put back',
    async () => {
      const labels = await saved('labels.txt', 'no\nmaybe\nyes\n');
      const importing = async (seed: number) => {
        const file = await saved('Dense Net.onnx', denseModel(16, seed));
        const words = ['models', 'import', file, '--task', 'multiclass', '--labels', labels];
        return platform.answer<ModelVersion & { name: string }>(words);
      };
      expect(await importing(1)).toMatchObject({
        name: 'dense-net',
        version: 1,
        learner: 'onnx',
        dataset: null,
      });
      const endpoint = await platform.answer<Endpoint>(['deploy', 'dense-net']);
      expect(endpoint).toMatchObject({ name: 'dense-net', state: 'ready', task: 'multiclass' });
      const token = await tokenOf('dense-net');
      const first = await predict(endpoint, token, [{ x: X }]);
      expect(['no', 'maybe', 'yes']).toContain(first.predictions[0]!.value);

      expect((await importing(9)).version).toBe(2);
      expect((await platform.answer<Endpoint>(['deploy', 'dense-net@2'])).version).toBe(2);
      expect((await predict(endpoint, token, [{ x: X }])).model.version).toBe(2);
      await platform.answer(['rollback', 'dense-net']);
      const back = await predict(endpoint, token, [{ x: X }]);
      expect([back.model.version, back.predictions[0]!.value]).toEqual([1, first.predictions[0]!.value]);
    },
    2 * MINUTE,
  );

  it(
    'predicts a file whose columns are its tensors',
    async () => {
      await platform.answer(['models', 'import', await saved('words.onnx', textModel())]);
      await platform.answer(['deploy', 'words', '--endpoint', 'words-live']);
      const file = await saved('words.csv', 'text,note\ngood,1\nbad,2\nother,3\n');
      const out = join(folder, 'out.csv');
      expect((await platform.run(['predict', 'words-live', file, '--out', out])).code).toBe(0);
      const lines = (await readFile(out, 'utf8')).trim().split('\r\n');
      expect(lines[0]).toBe('text,note,prediction_id,prediction,warnings');
      expect(lines.slice(1).map((line) => line.replace(/p_\w+,/, ''))).toEqual([
        'good,1,0,',
        'bad,2,1,',
        'other,3,-1,',
      ]);

      const batch = ['batch', 'predict', 'words@1', file, '--out', out, '--keep', 'note'];
      expect((await platform.run(batch)).code).toBe(0);
      const told = (await readFile(out, 'utf8')).trim().split('\n');
      expect(told).toEqual(['note,prediction,echo', '1,0,good', '2,1,bad', '3,-1,other']);
    },
    MINUTE,
  );

  it(
    'keeps the digits of 64-bit whole numbers in files of every format, of inputs, answers and other columns',
    async () => {
      await platform.answer(['models', 'import', await saved('long.onnx', longModel())]);
      await platform.answer(['deploy', 'long']);
      const [large, least] = ['9007199254740993', '-9223372036854775808'];
      const csv = await saved('long.csv', `n,id\n${large},${large}\n${least},7\n3,8\n`);
      const ndjson = await saved('long.ndjson', `{"n":${large},"id":${large}}\n{"n":3,"id":8}\n`);
      const out = (ending: string) => join(folder, `long-out.${ending}`);
      const lines = async (path: string) => (await readFile(path, 'utf8')).trim().split(/\r?\n/);
      const predicted = async (file: string, path: string) => {
        const { code, stderr } = await platform.run(['predict', 'long', file, '--out', path]);
        expect([code, stderr]).toEqual([0, expect.anything()]);
        return lines(path);
      };
      const [, ...rows] = await predicted(csv, out('csv'));
      expect(rows.map((line) => line.replace(/p_\w+,/, ''))).toEqual([
        `${large},${large},${large},`,
        `${least},7,${least},`,
        '3,8,3,',
      ]);
      const [first] = await predicted(ndjson, out('ndjson'));
      expect(first).toMatch(new RegExp(`"n":${large}.*"value":${large}`));
      const batch = (file: string, path: string, ...more: string[]) =>
        platform.run(['batch', 'predict', 'long@1', file, '--out', path, ...more]);
      expect((await batch(csv, out('parquet'))).code).toBe(0);
      expect((await batch(out('parquet'), out('csv'), '--keep', 'n,id')).code).toBe(0);
      expect(await lines(out('csv'))).toEqual([
        'n,id,prediction',
        `${large},${large},${large}`,
        `${least},7,${least}`,
        '3,8,3',
      ]);
      expect((await predicted(out('parquet'), out('csv')))[1]).toContain(`${large},${large},`);
      const bad = await saved('bad.csv', 'n\n1\n2.5\n');
      expect((await platform.run(['predict', 'long', bad])).stderr).toMatch(/predict\.wrong-type/);
      expect((await batch(bad, out('csv'))).stderr).toMatch(/predict\.wrong-type/);
      await platform.client.call['endpoints.delete']({ params: { name: 'long' } });
    },
    2 * MINUTE,
  );

  it(
    'answers the class in its type where the graph has it, and takes labels by ids of the caller',
    async () => {
      const words = ['models', 'import', await saved('text2.onnx', textModel()), '--name', 'typed'];
      expect((await platform.run([...words, '--label-output', 'nope'])).stderr).toContain(
        'there is no output nope',
      );
      const version = await platform.answer<{ tensors: TensorSignature }>([
        ...words,
        '--label-output',
        'echo',
      ]);
      expect(version.tensors.answers).toMatchObject({ value: 'echo', probabilities: null, classes: [] });
      const endpoint = await platform.answer<Endpoint>(['deploy', 'typed']);
      const token = await tokenOf('typed');
      const ask = (text: string) =>
        fetch(endpoint.url, {
          method: 'POST',
          headers: {
            ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
            'x-slipway-prediction-id': 'mine-1',
          },
          body: JSON.stringify({ rows: [{ text }] }),
        });
      expect(await (await ask('good')).json()).toMatchObject({
        predictions: [{ id: 'mine-1', value: 'good' }],
      });
      expect((await ask('good')).status).toBe(200);
      expect((await ask('bad')).status).toBe(409);
      const file = await saved('labels-typed.csv', 'id,value\nmine-1,1\n');
      const { code, stderr } = await platform.run(['labels', 'add', 'typed', file]);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      await platform.client.call['endpoints.delete']({ params: { name: 'typed' } });
    },
    2 * MINUTE,
  );

  it(
    'whose rows depend on each other runs each request and each file whole, until the endpoint insists',
    async () => {
      await platform.answer(['models', 'import', await saved('centred.onnx', mixingModel())]);
      const batching = async (...words: string[]) => (await platform.answer<Endpoint>(words)).batching;
      expect(await batching('deploy', 'centred')).toMatchObject({
        mode: 'auto',
        shared: false,
        proven: false,
        says: expect.stringContaining('combines values along the axis of the rows'),
      });
      const file = await saved('x.csv', 'x\n1\n5\n9\n');
      const out = join(folder, 'centred.csv');
      for (const words of [
        ['predict', 'centred', file, '--out', out],
        ['batch', 'predict', 'centred@1', file, '--out', out],
      ]) {
        const { code, stderr } = await platform.run(words);
        expect([code, stderr]).toEqual([0, expect.stringContaining('predicted as one request')]);
        expect(await readFile(out, 'utf8')).toMatch(/-4[\s\S]*0[\s\S]*4/);
      }
      expect(await batching('deploy', 'centred', '--batching', 'on')).toMatchObject({
        mode: 'on',
        shared: true,
      });
      expect((await platform.run(['status'])).stdout).toContain('! centred: Requests share runs');
      await platform.answer(['endpoints', 'set', 'centred', '--batching', 'off']);
      expect(await batching('endpoints', 'show', 'centred')).toMatchObject({ mode: 'off', shared: false });
      await platform.client.call['endpoints.delete']({ params: { name: 'centred' } });
    },
    2 * MINUTE,
  );

  it.each([
    ['monitoring', ['monitor', 'words-live'], 'model.made-elsewhere'],
    [
      'retraining by itself',
      ['endpoints', 'policy', 'words-live', '--retrain', 'auto'],
      'model.made-elsewhere',
    ],
    ['another model at its endpoint', ['deploy', 'dense-net', '--endpoint', 'words-live'], 'endpoint.exists'],
    ['a version that is not there', ['deploy', 'words@7'], 'model.version-missing'],
  ])('refuses %s, and says why', async (_, words, code) => {
    const { stderr } = await platform.run(words);
    expect(stderr).toContain(code);
  });

  it.each([
    ['a pickle', 'model.pkl', Uint8Array.from([0x80, 4, 0x95]), 'model.pickle'],
    ['a table', 'table.onnx', 'a,b\n1,2\n', 'model.not-onnx'],
    ['half a model', 'half.onnx', denseModel().subarray(0, 300), 'model.not-onnx'],
  ])('is refused as %s', async (_, name, bytes, code) => {
    const { code: exit, stderr } = await platform.run(['models', 'import', await saved(name, bytes)]);
    expect([exit, stderr]).toEqual([6, expect.stringContaining(code)]);
  });

  it(
    'keeps its endpoints over a restart of the data plane',
    async () => {
      const pid = async () => {
        const { processes } = await platform.client.call['system.status']();
        return processes.find(({ name }) => name === 'inference')?.pid;
      };
      const before = await pid();
      process.kill(before!, 'SIGKILL');
      const state = async () => {
        const { endpoints } = await platform.client.call['endpoints.list']();
        return endpoints.map((endpoint) => endpoint.state);
      };
      const isAnother = async () => ((await pid()) ?? before) !== before;
      await expect.poll(isAnother, { timeout: MINUTE }).toBe(true);
      await expect.poll(state, { timeout: MINUTE }).toEqual(['ready', 'ready']);
    },
    2 * MINUTE,
  );

  it.skipIf(!hasPython)(
    'from scikit-learn, saved by MLflow, answers tritonclient as ONNX Runtime does in Python',
    async () => {
      const model = join(folder, 'digits');
      await mkdir(folder, { recursive: true });
      const script = join(ROOT, 'tests/lifecycle/foreign_model.py');
      const python = async (...words: string[]) =>
        JSON.parse(
          (await run(PYTHON, [script, ...words], { timeout: 2 * MINUTE })).stdout.trim().split('\n').at(-1)!,
        );
      const { accuracy } = (await python('make', model)) as { accuracy: number };
      await platform.answer(['models', 'import', model]);
      await platform.answer(['deploy', 'digits']);
      const host = new URL(platform.inferenceUrl).host;
      const told = await python('ask', model, host, 'digits', await tokenOf('digits'));
      expect(told).toMatchObject({ rows: 597, accuracy: expect.closeTo(accuracy, 9) });
      expect(told.difference).toBeLessThan(1e-5);
    },
    4 * MINUTE,
  );
});
