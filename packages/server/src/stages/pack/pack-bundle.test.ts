import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createBundleFolderStore, openFileSigner } from '../../adapters/bundles/index.ts';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { packRequest } from '../../testing/packing.builder.ts';
import { compileFlat, predictFlatRows } from '../optimize/index.ts';
import { encodeFeatures } from '../prepare/index.ts';
import { answerOf } from './answer.ts';
import { decodeEngineFile, encodeEngineFile } from './engine-file.ts';
import { BUNDLE_FILES, type BundleManifest, type ReferenceProfile } from './model.ts';
import { packBundle } from './pack-bundle.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-pack-'));
});
afterEach(() => rm(home, { recursive: true }));

async function pack(task: 'binary' | 'multiclass' | 'regression') {
  const signer = await openFileSigner(join(home, 'keys'));
  const store = createBundleFolderStore(join(home, 'bundles'), signer);
  const request = packRequest(task);
  const packed = await packBundle(request, { runtime: createOnnxRuntime(), store, signer });
  const { folder, files } = await store.open(packed.id);
  const json = async <T>(name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
  return { request, packed, folder, files, json };
}

describe('packing', () => {
  it('makes a folder with every file of a bundle, named by its signature', async () => {
    const { packed, files } = await pack('binary');
    // The table has a date, which slipway_mlflow.py hands to the graph; imported models are of inference graphs alone.
    const ofOthers = ['forecast.json', 'graph.json'];
    const engines = BUNDLE_FILES.filter(
      (file) => !ofOthers.includes(file) && !/^model-\d+\.onnx$/.test(file),
    );
    expect([...files.keys()].sort()).toEqual(engines.sort());
    expect(packed.id).toMatch(/^[0-9a-f]{64}$/);
    expect(packed.parity.rows).toBe(300);
  });

  it('packs the same model to the same bundle', async () => {
    const one = await pack('binary');
    const two = await pack('binary');
    expect(two.packed.id).toBe(one.packed.id);
  });

  it('keeps in trees.json all that the flat engine needs to answer as trained, to the bit', async () => {
    const { request, files } = await pack('multiclass');
    const engine = decodeEngineFile(files.get('trees.json')!);
    const features = request.holdout.features;
    expect(engine.preparation).toEqual(request.preparation);
    expect(predictFlatRows(compileFlat(engine.model), features)).toEqual(
      predictFlatRows(compileFlat(request.model), features),
    );
  });

  it('gives golden rows that cover every class, one with missing values, and the answers to them', async () => {
    const { request, json, packed } = await pack('multiclass');
    const { golden } = await json<BundleManifest>('slipway.json');
    expect(golden).toEqual(packed.manifest.golden);
    expect(golden.rows.length).toBeLessThanOrEqual(8);
    expect(golden.predictions).toHaveLength(golden.rows.length);
    expect(new Set(golden.predictions.map(({ value }) => value))).toEqual(
      new Set(request.preparation.classes),
    );
    expect(golden.rows.some((row) => Object.values(row).includes(null))).toBe(true);
    for (const { value, probabilities } of golden.predictions) {
      expect(Math.max(...Object.values(probabilities!))).toBe(probabilities![value]);
    }
  });

  it('writes timestamps of golden rows as ISO 8601 and booleans as booleans', async () => {
    const { json } = await pack('regression');
    const { golden, inputs } = await json<BundleManifest>('slipway.json');
    const kinds: Record<string, RegExp> = {
      timestamp: /^object|string$/,
      boolean: /^object|boolean$/,
      number: /^object|number$/,
    };
    for (const row of golden.rows) {
      expect(Object.keys(row)).toEqual(inputs.map(({ name }) => name));
      for (const { name, type } of inputs) {
        if (row[name] === null) continue;
        expect(typeof row[name]).toMatch(kinds[type] ?? /^string$/);
        if (type === 'timestamp') expect(new Date(row[name] as string).toISOString()).toBe(row[name]);
      }
    }
  });

  it('refuses to pack when the model file would answer otherwise', async () => {
    const signer = await openFileSigner(join(home, 'keys'));
    const store = createBundleFolderStore(join(home, 'bundles'), signer);
    const request = packRequest('regression');
    const features = { ...request.holdout.features, columns: request.holdout.features.columns.toReversed() };
    const wrong = { ...request, holdout: { ...request.holdout, features } };
    await expect(packBundle(wrong, { runtime: createOnnxRuntime(), store, signer })).rejects.toMatchObject({
      code: 'parity.broken',
    });
  });

  it('describes itself to MLflow: both flavors, and a column for every tensor', async () => {
    const { files } = await pack('binary');
    const mlmodel = parse(Buffer.from(files.get('MLmodel')!).toString());
    expect(mlmodel.flavors.python_function).toMatchObject({
      data: 'model.onnx',
      loader_module: 'slipway_mlflow',
      code: '.',
    });
    expect(mlmodel.metadata.slipway.datetimes).toEqual({ 'two  words': 'UTC' });
    expect(Buffer.from(files.get('slipway_mlflow.py')!).toString()).toContain('def _load_pyfunc(path):');
    expect(mlmodel.flavors.onnx.data).toBe('model.onnx');
    expect(mlmodel.model_size_bytes).toBe(files.get('model.onnx')!.byteLength);
    expect(
      JSON.parse(mlmodel.signature.inputs).map(({ name, type }: { name: string; type: string }) => [
        name,
        type,
      ]),
    ).toEqual([
      ['value', 'double'],
      ['probability_a', 'double'],
      ['größe ☃', 'string'],
      ['two  words', 'datetime'],
      ['__proto__', 'double'],
      ['a/b:c', 'string'],
    ]);
    expect(JSON.parse(mlmodel.signature.outputs)).toEqual([
      { type: 'string', name: 'value_', required: true },
      { type: 'float', name: 'probability_no', required: true },
      { type: 'float', name: 'probability_yes', required: true },
    ]);
    expect(mlmodel.utc_time_created).toBe('2026-11-23 03:32:04.142000');
  });

  it('counts every row once in every column of the reference profile', async () => {
    const { request, json } = await pack('binary');
    const profile = await json<ReferenceProfile>('profile.json');
    const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
    expect(profile.columns.map(({ name }) => name)).toEqual(
      request.preparation.inputs.map(({ name }) => name),
    );
    for (const column of profile.columns) {
      const rest = 'edges' in column ? column.below + column.above : column.other + column.unseen;
      expect(sum(column.counts) + rest + column.missing).toBe(500);
    }
    expect(sum(profile.score.counts)).toBe(300);
    const shares = Object.values(profile.classShares!);
    expect(shares.reduce((all, share) => all + share, 0)).toBeCloseTo(1, 12);
    expect(profile.importance).toMatchObject({ value: 0.75, 'größe ☃': 0.25, 'a/b:c': 0 });
  });
});

describe('trees.json', () => {
  it('is of a format that older readers refuse when a number is rescaled, and keeps the rescaling', async () => {
    const request = packRequest('regression');
    const { preparation } = request;
    const features = preparation.features.map((spec) =>
      spec.kind === 'number' ? { ...spec, center: 0.1, scale: 2 ** -3 } : spec,
    );
    const rescaled = { ...preparation, features };
    const holdout = { ...request.holdout, features: encodeFeatures(rescaled, request.holdout.table) };
    const signer = await openFileSigner(join(home, 'keys'));
    const store = createBundleFolderStore(join(home, 'bundles'), signer);
    const formatOf = async (own: typeof request) => {
      const { id } = await packBundle(own, { runtime: createOnnxRuntime(), store, signer });
      return decodeEngineFile((await store.open(id)).files.get('trees.json')!);
    };
    expect((await formatOf(request)).format).toBeLessThan(4);
    const engine = await formatOf({ ...request, preparation: rescaled, holdout });
    expect(engine).toMatchObject({ format: 4, preparation: { features } });
  });

  it('keeps thresholds that JSON has no number for', () => {
    const { preparation, model, decision } = packRequest('regression');
    for (const tree of model.trees) tree.threshold = tree.threshold.map((value) => value + 0);
    model.trees[0]!.threshold.fill(Infinity);
    model.trees[1]!.threshold.fill(-Infinity);
    const back = decodeEngineFile(encodeEngineFile({ format: 1, preparation, model, decision }));
    expect(back.model).toEqual(model);
  });

  it('is refused when it is not one', () => {
    for (const text of ['', '{', 'null', '{"format":2}', '{"format":1,"model":{}}']) {
      expect(() => decodeEngineFile(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'bundle.invalid' }),
      );
    }
  });
});

describe('an answer', () => {
  const preparation = { task: 'binary' as const, classes: ['no', 'yes'] };
  const one = (p: number) => ({ outputs: 1, values: Float64Array.of(p) });

  it('is the positive class from the threshold on', () => {
    expect(answerOf(preparation, { threshold: 0.4 }, one(0.4), 0)).toEqual({
      value: 'yes',
      probabilities: { no: 0.6, yes: 0.4 },
    });
    expect(answerOf(preparation, { threshold: 0.4 }, one(0.39), 0).value).toBe('no');
  });

  it('is the first of equally probable classes', () => {
    const three = { task: 'multiclass' as const, classes: ['a', 'b', 'c'] };
    const equal = { outputs: 3, values: Float64Array.of(0.2, 0.4, 0.4) };
    expect(answerOf(three, { threshold: 0.5 }, equal, 0).value).toBe('b');
  });
});
