import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelProcesses } from '../../../adapters/onnx/index.ts';
import { builtModelProcess } from '../../../testing/built-inference.ts';
import { type ImportedBundle, importedBundle } from '../../../testing/imported-bundle.ts';
import {
  countingModel,
  denseModel,
  greedyModel,
  imageModel,
  mixingModel,
  textModel,
} from '../../../testing/sample-onnx.ts';
import { modelProto } from '../onnx/onnx-schema.ts';
import type { ModelProcesses } from '../ports.ts';

let home: string;
let processes: ModelProcesses;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'slipway-import-'));
  processes = modelProcesses(await builtModelProcess(home));
});
afterAll(() => rm(home, { recursive: true, force: true }));

type Asked = Parameters<typeof importedBundle>[3];

const imported = (bytes: Uint8Array, asked: Asked = {}): Promise<ImportedBundle> =>
  importedBundle(home, processes, bytes, asked);

const exported = (name: string): Promise<Buffer> =>
  readFile(join(import.meta.dirname, '../../../testing/exported-models', `${name}.onnx`));

/** What PyTorch computes of 1, 2, 3 and 4 in bfloat16, which has 8 bits. */
const BFLOAT16_SCORES = [0.2559, 0.334, 0.4082];

const MLMODEL = `flavors:
  onnx: {data: model.onnx, onnx_version: 1.23.1}
  python_function: {data: model.onnx, loader_module: mlflow.onnx}
mlflow_version: 3.6.0
run_id: abc123
`;

type Entry = [name: string, content: string | Uint8Array];

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of entries) tar.entry({ name }, Buffer.from(content as Uint8Array));
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** A zip by the letter of the note: a local header and the bytes of each file, then the directory. */
function zipOf(entries: readonly Entry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of entries) {
    const bytes = Buffer.from(content as Uint8Array);
    const packed = deflateRawSync(bytes);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    files.push(local, Buffer.from(name), packed);
    directory.push(entry, Buffer.from(name));
    at += local.length + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, ...directory, end]);
}

describe('importing a model', () => {
  it('makes a signed bundle that says what the model takes and gives', async () => {
    const { files, manifest } = await imported(denseModel(), { name: 'digits' });
    expect([...files.keys()].sort()).toEqual([
      'MLmodel',
      'card.md',
      'model.onnx',
      'signature.json',
      'slipway.json',
    ]);
    expect(manifest).toMatchObject({
      kind: 'onnx',
      task: 'tensor',
      target: 'scores',
      batchable: true,
      inputs: [{ name: 'x', type: 'float32', shape: ['rows', 8] }],
      golden: { inputs: [{ name: 'x', shape: [1, 8] }], outputs: [{ name: 'scores', shape: [1, 3] }] },
    });
    const card = Buffer.from(files.get('card.md')!).toString();
    expect(card).toContain('| x | float32 | [rows, 8] |');
    expect(Buffer.from(files.get('MLmodel')!).toString()).toContain('tensor-spec');
  });

  it('finds sizes that an image model takes', async () => {
    const { manifest } = await imported(imageModel());
    expect(manifest.golden.inputs[0]!.shape).toEqual([1, 3, 8, 8]);
    expect(manifest.batchable).toBe(true);
  });

  it('takes models of texts', async () => {
    const { manifest } = await imported(textModel());
    expect(manifest.inputs[0]).toMatchObject({ type: 'string' });
    expect(manifest.batchable).toBe(true);
  });

  it('takes texts that are changed in case, without the locale that the exporter means', async () => {
    const { manifest } = await imported(await exported('dependent/skl-text-zip'));
    expect(manifest.outputs).toMatchObject([{ name: 'output_label' }, { name: 'output_probability' }]);
    expect(manifest.adapted).toContainEqual(expect.stringContaining('C.UTF-8'));
  });

  it('computes in float32 with a network of bfloat16, for which the runtime has no operators', async () => {
    const example = { input: [[1, 2, 3, 4]] };
    const { manifest } = await imported(await exported('independent/torch-bf16-dynamo'), { example });
    expect(manifest.inputs).toMatchObject([{ type: 'float32' }]);
    expect(manifest.adapted).toContainEqual(expect.stringContaining('no operators of bfloat16'));
    const answer = Buffer.from(manifest.golden.outputs[0]!.base64, 'base64');
    const scores = [0, 1, 2].map((at) => answer.readFloatLE(at * 4));
    for (const [i, score] of BFLOAT16_SCORES.entries()) expect(scores[i]).toBeCloseTo(score, 2);
  });

  it('refuses operators that the runtime has for float32 only, with the call that exports them in it', async () => {
    await expect(imported(await exported('refused/skl-imputer-double'))).rejects.toMatchObject({
      code: 'model.fails',
      message: expect.stringContaining('to_onnx(model, table.astype({"column": np.float32}))'),
    });
  });

  it('says how many axes an output has where the graph does not', async () => {
    const { manifest } = await imported(await exported('independent/skl-multi-zip'));
    expect(manifest.outputs.map(({ shape }) => shape?.length)).toEqual([2, 2, 2]);
  });

  it('sees that a model mixes its rows, so that requests never share a run', async () => {
    expect((await imported(mixingModel())).manifest.batchable).toBe(false);
  });

  it('tries the input that the user gave', async () => {
    const example = { x: [[1, 2, 3, 4, 5, 6, 7, 8]] };
    const { manifest } = await imported(denseModel(), { example });
    const values = new Float32Array(
      new Uint8Array(Buffer.from(manifest.golden.inputs[0]!.base64, 'base64')).buffer,
    );
    expect([...values]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([
    ['of another shape', { x: [[1, 2, 3]] }, 'takes the shape'],
    ['of another name', { y: [[1, 2, 3, 4, 5, 6, 7, 8]] }, 'no tensor "y"'],
    ['of words', { x: [[1, 2, 3, 4, 5, 6, 7, 'eight']] }, 'no float32'],
    ['of uneven lists', { x: [[1, 2], [3]] }, 'equal lengths'],
  ])('refuses an example %s', async (_, example, says) => {
    await expect(imported(denseModel(), { example })).rejects.toMatchObject({
      code: 'request.invalid',
      message: expect.stringContaining(says),
    });
  });

  it('refuses labels that no output has scores for', async () => {
    await expect(imported(denseModel(), { classes: ['a', 'b'] })).rejects.toMatchObject({
      code: 'request.invalid',
      path: 'labels',
    });
    expect((await imported(denseModel(), { classes: ['a', 'b', 'c'] })).manifest.classes).toHaveLength(3);
  });

  it('outlives a model that never ends', async () => {
    const limits = { maxBytes: 2 ** 20, memoryBytes: 2 ** 30, loadTimeoutMs: 30_000, runTimeoutMs: 300 };
    await expect(imported(countingModel(Number.POSITIVE_INFINITY), { limits })).rejects.toMatchObject({
      code: 'model.fails',
      message: expect.stringContaining('300 ms'),
    });
  });

  it('outlives a model that eats all memory', async () => {
    const limits = {
      maxBytes: 2 ** 20,
      memoryBytes: 400 * 2 ** 20,
      loadTimeoutMs: 30_000,
      runTimeoutMs: 30_000,
    };
    await expect(imported(greedyModel(4), { limits })).rejects.toMatchObject({
      code: 'model.fails',
      message: expect.stringContaining('400 MiB'),
    });
  });

  it('refuses a model over the limit', async () => {
    const limits = { maxBytes: 100, memoryBytes: 2 ** 30, loadTimeoutMs: 30_000, runTimeoutMs: 300 };
    await expect(imported(denseModel(), { limits })).rejects.toMatchObject({ code: 'model.refused' });
  });
});

describe('an MLflow model', () => {
  it.each([
    ['a tar', tarOf],
    ['a gzipped tar', async (entries: readonly Entry[]) => gzipSync(await tarOf(entries))],
    ['a zip', async (entries: readonly Entry[]) => zipOf(entries)],
  ])('is read from %s, wherever its folder lies in it', async (_, packed) => {
    const entries: Entry[] = [
      ['artifacts/model/MLmodel', MLMODEL],
      ['artifacts/model/python_model.pkl', new Uint8Array([0x80, 4])],
      ['artifacts/model/model.onnx', denseModel()],
    ];
    const { manifest } = await imported(await packed(entries), { file: 'model.tar' });
    expect(manifest.lineage.source).toEqual({
      file: 'model.tar',
      mlflow: { version: '3.6.0', run: 'abc123' },
    });
    expect(manifest.inputs[0]!.name).toBe('x');
  });

  it.each<[string, Entry[], string, string]>([
    [
      'has no onnx flavor',
      [['MLmodel', 'flavors: {sklearn: {}, python_function: {}}']],
      'model.no-onnx-flavor',
      'sklearn',
    ],
    [
      'names a graph outside',
      [['MLmodel', 'flavors: {onnx: {data: ../../etc/passwd}}']],
      'model.refused',
      'outside itself',
    ],
    ['names a graph that is not there', [['MLmodel', MLMODEL]], 'model.refused', 'not there'],
    ['is no YAML', [['MLmodel', '{[']], 'model.refused', 'no YAML'],
    ['holds a path that leads out', [['../MLmodel', MLMODEL]], 'model.refused', 'outside itself'],
    ['is a pickle of PyTorch', [['archive/data.pkl', 'x']], 'model.pickle', 'pickle'],
    ['holds no MLmodel', [['readme.txt', 'x']], 'model.not-onnx', 'MLmodel'],
  ])('is refused when it %s', async (_, entries, code, says) => {
    for (const packed of [await tarOf(entries), zipOf(entries)]) {
      await expect(imported(packed, { file: 'm' })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(says),
      });
    }
  });

  it('is refused when a link stands in its archive', async () => {
    const tar = pack();
    tar.entry({ name: 'MLmodel', type: 'symlink', linkname: '/etc/passwd' });
    tar.finalize();
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    await expect(imported(Buffer.concat(chunks))).rejects.toMatchObject({
      code: 'model.refused',
      message: expect.stringContaining('link'),
    });
  });

  it('is refused when it unpacks into more than it may', async () => {
    const limits = { maxBytes: 2 ** 20, memoryBytes: 2 ** 30, loadTimeoutMs: 30_000, runTimeoutMs: 300 };
    const bomb: Entry[] = [
      ['MLmodel', MLMODEL],
      ['model.onnx', new Uint8Array(2 ** 22)],
    ];
    for (const packed of [gzipSync(await tarOf(bomb)), zipOf(bomb)]) {
      await expect(imported(packed, { limits })).rejects.toMatchObject({ code: 'model.refused' });
    }
  });
});

describe('a file that is no model', () => {
  it.each([
    ['a pickle', Uint8Array.from([0x80, 4, 0x95, 0]), 'model.pickle'],
    ['HDF5', Uint8Array.from([0x89, 0x48, 0x44, 0x46, 0]), 'model.not-onnx'],
    ['a table', Buffer.from('a,b\n1,2\n'), 'model.not-onnx'],
    ['a broken zip', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0]), 'model.refused'],
  ])('is refused as %s', async (_, bytes, code) => {
    await expect(imported(bytes)).rejects.toMatchObject({ code });
  });
});

describe('tensor data in a file beside the graph', () => {
  /** The dense model with the values of its constants moved into one file, as MLflow writes it. */
  function parted(location = 'weights.data'): { model: Uint8Array; data: Uint8Array } {
    const whole = modelProto.toObject(modelProto.decode(denseModel()), { longs: Number });
    const data: Uint8Array[] = [];
    let offset = 0;
    for (const tensor of whole.graph.initializer) {
      const values = tensor.rawData as Uint8Array;
      const place = { location, offset: String(offset), length: String(values.byteLength) };
      tensor.externalData = Object.entries(place).map(([key, value]) => ({ key, value }));
      tensor.dataLocation = 1;
      tensor.rawData = undefined;
      data.push(Buffer.from(values));
      offset += values.byteLength;
    }
    return { model: modelProto.encode(modelProto.fromObject(whole)).finish(), data: Buffer.concat(data) };
  }

  /** As onnx writes a model that it has loaded with the data beside it: every tensor says that it holds its data. */
  function merging(model: Uint8Array): Uint8Array {
    const whole = modelProto.toObject(modelProto.decode(model), { longs: Number });
    for (const tensor of whole.graph.initializer) {
      tensor.dataLocation = 0;
      tensor.externalData = [{ key: 'location', value: 'weights.data' }];
    }
    return modelProto.encode(modelProto.fromObject(whole)).finish();
  }

  it('is put inside when it comes in the archive, and the model answers as it did', async () => {
    const { model, data } = parted();
    const packed = await tarOf([
      ['net/model.onnx', model],
      ['net/weights.data', data],
    ]);
    const whole = await imported(denseModel());
    expect((await imported(packed)).manifest.golden.outputs).toEqual(whole.manifest.golden.outputs);
    const flavored = await tarOf([
      ['MLmodel', MLMODEL],
      ['model.onnx', model],
      ['weights.data', data],
    ]);
    expect((await imported(flavored)).manifest.golden.outputs).toEqual(whole.manifest.golden.outputs);
  });

  it.each<[string, Entry[], string]>([
    ['lies elsewhere', [['model.onnx', parted('../../etc/passwd').model]], 'outside itself'],
    [
      'is too short',
      [
        ['model.onnx', parted().model],
        ['weights.data', new Uint8Array(9)],
      ],
      'ends behind the end',
    ],
  ])('is refused when it %s', async (_, entries, says) => {
    await expect(imported(await tarOf(entries))).rejects.toMatchObject({
      code: 'model.refused',
      message: expect.stringContaining(says),
    });
  });

  it.each([
    ['the graph comes alone', async () => parted().model],
    ['it is not in the archive', () => tarOf([['model.onnx', parted().model]])],
  ])('is refused with the way out when %s', async (_, bytes) => {
    await expect(imported(await bytes())).rejects.toMatchObject({
      code: 'model.external-data',
      message: expect.stringContaining('weights.data, which was not uploaded with it'),
      hint: expect.stringContaining('save_as_external_data=False'),
    });
  });

  it('is left out of account where the graph holds the data itself', async () => {
    const whole = await imported(denseModel());
    const merged = merging(denseModel());
    expect((await imported(merged)).manifest.golden.outputs).toEqual(whole.manifest.golden.outputs);
  });
});
