import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeStrings,
  decodeValues,
  encodeStrings,
  encodeValues,
  type MeasurableProcess,
  type ModelProcess,
  type ModelProcesses,
  type TensorParts,
} from '../../stages/pack/index.ts';
import { builtModelProcess } from '../../testing/built-inference.ts';
import { countingModel, denseModel, greedyModel, textModel } from '../../testing/sample-onnx.ts';
import { modelProcesses } from './model-processes.ts';

let folder: string;
let processes: ModelProcesses;
const started: ModelProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slipway-models-'));
  processes = modelProcesses(await builtModelProcess(folder));
});
afterAll(async () => {
  for (const process of started) process.kill();
  await rm(folder, { recursive: true, force: true });
});

type Options = { providers?: string[]; memoryBytes?: number; loadTimeoutMs?: number; sha256?: string };

async function start(model: Uint8Array, options: Options = {}, from = processes): Promise<MeasurableProcess> {
  const sha256 = createHash('sha256').update(model).digest('hex');
  const path = join(folder, sha256);
  await writeFile(path, model);
  const process = await from.start({
    path,
    sha256,
    providers: ['cpu'],
    memoryBytes: 2 ** 31,
    loadTimeoutMs: 30_000,
    ...options,
  });
  started.push(process);
  return process;
}

function numbers(name: string, shape: number[], values: number[]): TensorParts {
  return { name, type: 'float32', shape, parts: [encodeValues('float32', values, name)] };
}

describe('a process that holds a model', () => {
  it('has a lower priority than the process that answers', async () => {
    const { pid } = await start(denseModel());
    expect(getPriority(pid)).toBe(Math.min(19, getPriority() + 5));
  });

  it('says what its runs cost, and answers as before afterwards', async () => {
    const process = await start(denseModel());
    const x = numbers('x', [1, 8], [1, 2, 3, 4, 5, 6, 7, 8]);
    const [before] = await process.run([x], 30_000);
    const { milliseconds, memoryBytes } = await process.measure([x], 20, 30_000);
    expect(milliseconds).toBeGreaterThan(0);
    expect(memoryBytes).toBeGreaterThan(2 ** 20);
    expect((await process.run([x], 30_000))[0]!.bytes).toEqual(before!.bytes);
    const wrong = numbers('x', [1, 2], [1, 2]);
    await expect(process.measure([wrong], 20, 30_000)).rejects.toMatchObject({ code: 'model.run-failed' });
  });

  it('says what the graph takes and gives', async () => {
    const process = await start(denseModel());
    expect(process.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['rows', 8] }]);
    expect(process.outputs).toEqual([{ name: 'scores', type: 'float32', shape: ['rows', 3] }]);
  });

  it('answers tensors that come in parts as if they came in one', async () => {
    const process = await start(denseModel());
    const values = Array.from({ length: 16 }, (_, i) => Math.sin(i));
    const [whole] = await process.run([numbers('x', [2, 8], values)], 10_000);
    const parts = [values.slice(0, 8), values.slice(8)].map((each) => encodeValues('float32', each, 'x'));
    const [joined] = await process.run([{ name: 'x', type: 'float32', shape: [2, 8], parts }], 10_000);
    expect(joined).toEqual(whole);
    const scores = decodeValues(whole!) as number[];
    expect(scores).toHaveLength(6);
    expect(scores[0]! + scores[1]! + scores[2]!).toBeCloseTo(1, 5);
  });

  it('takes and gives texts of every language, and empty ones', async () => {
    const process = await start(textModel());
    const texts = ['good', 'bad', '', 'größer ☃ 日本'];
    const input: TensorParts = {
      name: 'text',
      type: 'string',
      shape: [4],
      parts: [encodeStrings(texts, 'text')],
    };
    const [classes, echo] = await process.run([input], 10_000);
    expect(decodeValues(classes!)).toEqual([0, 1, -1, -1]);
    expect(decodeStrings(echo!.bytes)).toEqual(texts);
  });

  it('answers a megabyte as well as a byte', async () => {
    const process = await start(countingModel(1));
    const values = Float32Array.from({ length: 300_000 }, (_, i) => i);
    const parts = [new Uint8Array(values.buffer)];
    const [sum] = await process.run([{ name: 'x', type: 'float32', shape: [300_000], parts }], 10_000);
    expect(new Float32Array(sum!.bytes.buffer, sum!.bytes.byteOffset)[299_999]).toBe(300_000);
  });

  it('goes on when the runtime refuses an input', async () => {
    const process = await start(denseModel());
    const wrong = process.run([numbers('x', [1, 3], [1, 2, 3])], 10_000);
    await expect(wrong).rejects.toMatchObject({ code: 'model.run-failed' });
    await expect(process.run([numbers('x', [1, 8], [1, 2, 3, 4, 5, 6, 7, 8])], 10_000)).resolves.toHaveLength(
      1,
    );
  });

  it('is ended when a run never ends', async () => {
    const process = await start(countingModel(Number.POSITIVE_INFINITY));
    const run = process.run([numbers('x', [1], [1])], 200);
    await expect(run).rejects.toMatchObject({
      code: 'model.lost',
      message: expect.stringContaining('200 ms'),
    });
    expect(await process.ended).toContain('200 ms');
  });

  it('is ended when it takes more memory than it may', async () => {
    const process = await start(greedyModel(6), { memoryBytes: 600 * 1024 ** 2 });
    const run = process.run([numbers('x', [1], [1])], 30_000);
    await expect(run).rejects.toMatchObject({
      code: 'model.lost',
      message: expect.stringContaining('600 MiB'),
    });
  });

  it('fails the run under way, and every later one, when it is killed', async () => {
    const process_ = await start(countingModel(Number.POSITIVE_INFINITY));
    const run = process_.run([numbers('x', [1], [1])], 30_000);
    process.kill(process_.pid, 'SIGSEGV');
    await expect(run).rejects.toMatchObject({
      code: 'model.lost',
      message: expect.stringContaining('SIGSEGV'),
    });
    await expect(process_.run([numbers('x', [1], [1])], 30_000)).rejects.toMatchObject({
      code: 'model.lost',
    });
  });

  it('loads no other file than the one that was checked', async () => {
    const other = start(denseModel(), { sha256: 'ab'.repeat(32) });
    await expect(other).rejects.toMatchObject({ code: 'model.refused-by-runtime' });
  });

  it('tells why ONNX Runtime cannot be loaded, such as a system library that a base image lacks', async () => {
    const bare = join(folder, 'bare');
    const runtime = join(bare, 'node_modules/onnxruntime-node');
    const reason = 'librt.so.1: cannot open shared object file: No such file or directory';
    await mkdir(runtime, { recursive: true });
    await writeFile(join(runtime, 'package.json'), '{"main": "index.js"}');
    await writeFile(join(runtime, 'index.js'), `throw new Error(${JSON.stringify(reason)});`);
    for (const name of ['model-process.js', 'package.json']) await cp(join(folder, name), join(bare, name));
    const elsewhere = modelProcesses(join(bare, 'model-process.js'));
    await expect(start(denseModel(), {}, elsewhere)).rejects.toMatchObject({
      code: 'model.refused-by-runtime',
      message: expect.stringContaining(reason),
    });
  });

  it('refuses a provider that this machine does not have, by name', async () => {
    await expect(start(denseModel(), { providers: ['coreml'] })).rejects.toMatchObject({
      code: 'model.refused-by-runtime',
      message: expect.stringContaining('coreml'),
    });
  });

  it('has a time to load in', async () => {
    await expect(start(denseModel(), { loadTimeoutMs: 1 })).rejects.toMatchObject({ code: 'model.lost' });
  });
});
