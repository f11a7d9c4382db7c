import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { defineOwn, ownValue } from '@slipway/contract';
import type * as OnnxRuntime from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  decodeStrings,
  encodeStrings,
  refuseExternalData,
  separateDefaults,
} from '../../../stages/pack/index.ts';
import { BlockingSocket } from './blocking-socket.ts';
import {
  FRAME_FD,
  type FrameTensor,
  frameHead,
  LENGTH_BYTES,
  MODEL_FD,
  type OwnerSays,
  type ProcessOrder,
  type ProcessSays,
  type RuntimeSpec,
} from './frames.ts';
import { substituteFor, withNul, withoutNul } from './nul-texts.ts';

/** Imported by `load`, so that the owner is told why it cannot be: a base image may lack a system library. */
let runtime: typeof OnnxRuntime;

/** Ends this process when the owner is gone. */
const owner = new BlockingSocket(FRAME_FD, () => process.exit(0));

/**
 * The life of a process that holds one graph: load it, then answer one frame after the other until the owner is gone.
 * Reading and writing block, since nothing else is to be done here, and bytes go straight to where the runtime takes them.
 */
export async function serveModel(order: ProcessOrder): Promise<void> {
  giveWay();
  watchMemory(order.memoryBytes);
  const { session, defaults } = await load(order);
  const names = new Set(session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name));
  say({
    is: 'loaded',
    inputs: specsOf(session.inputMetadata).filter(({ name }) => !defaults.has(name)),
    outputs: specsOf(session.outputMetadata),
  });
  for (;;) await answer({ session, defaults }, [...names]);
}

/** When the machine is out of memory, the kernel shall end this process rather than a server. Linux only. */
function giveWay(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '900');
  } catch {
    // Elsewhere there is no such file.
  }
}

/** A thread of its own, because the runtime blocks this one, also when the owner goes in the middle of a run. */
const WATCH = `
  const { workerData } = require('node:worker_threads');
  const owner = process.ppid;
  setInterval(() => {
    if (process.ppid !== owner) process.kill(process.pid, 'SIGKILL');
    if (process.memoryUsage.rss() > workerData) process.kill(process.pid, 'SIGUSR2');
  }, 25);
`;

function watchMemory(memoryBytes: number): void {
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };
  new Worker(WATCH, { eval: true, workerData: memoryBytes, resourceLimits: limits, env: {} }).unref();
}

/** A session, and the values of the inputs that a run may leave out. */
type Loaded = { session: InferenceSession; defaults: ReadonlyMap<string, Tensor> };

async function load({ sha256, providers }: ProcessOrder): Promise<Loaded> {
  try {
    runtime = await import('onnxruntime-node');
    const model = readFileSync(MODEL_FD);
    const found = createHash('sha256').update(model).digest('hex');
    if (found !== sha256) throw new Error('the file is not the one that was checked');
    refuseExternalData(model);
    const separated = separateDefaults(model);
    const session = await runtime.InferenceSession.create(separated.model, {
      executionProviders: [...providers],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: 4,
    });
    const defaults = new Map(
      separated.defaults.map(({ name, type, shape, bytes }) => [name, tensorOfBytes(type, shape, bytes)]),
    );
    return { session, defaults };
  } catch (error) {
    const on = providers.join() === 'cpu' ? '' : `on ${providers.join(', ')}: `;
    say({ is: 'refused', reason: `${on}${reasonOf(error)}` });
    return process.exit(0);
  }
}

async function answer({ session, defaults }: Loaded, outputs: readonly string[]): Promise<void> {
  const { tensors, runs, maxBytes = Number.POSITIVE_INFINITY } = readHead();
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const [name, tensor] of defaults) defineOwn(feeds, name, tensor);
  for (const tensor of tensors) defineOwn(feeds, tensor.name, readTensor(tensor));
  try {
    const substitute = replaceNul(feeds);
    if (runs !== undefined) return say(await measure(session, feeds, outputs, runs));
    const results = await session.run(feeds, outputs);
    const answers = outputs.map((name) => encoded(name, ownValue(results, name) as Tensor, substitute));
    const bytes = answers.reduce((sum, each) => sum + each.head.bytes, 0);
    if (bytes > maxBytes) return say({ is: 'too-large', bytes });
    const head = frameHead({ is: 'done', tensors: answers.map((each) => each.head) });
    owner.write([head, ...answers.map(({ bytes }) => bytes)]);
  } catch (error) {
    say({ is: 'failed', reason: reasonOf(error) });
  }
}

/**
 * One uncounted run lets the runtime make its plans. The time that a fifth of the runs stay below is told, since other
 * processes' turns on the processor only ever add to it.
 */
async function measure(
  session: InferenceSession,
  feeds: Record<string, Tensor>,
  outputs: readonly string[],
  runs: number,
): Promise<ProcessSays> {
  await session.run(feeds, outputs);
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const begun = performance.now();
    await session.run(feeds, outputs);
    times.push(performance.now() - begun);
  }
  const milliseconds = times.sort((a, b) => a - b)[Math.floor(runs / 5)] ?? 0;
  return { is: 'measured', milliseconds, memoryBytes: process.memoryUsage.rss() };
}

function say(head: ProcessSays): void {
  owner.write([frameHead(head)]);
}

function readHead(): OwnerSays {
  const length = Buffer.from(owner.read(LENGTH_BYTES)).readUInt32LE(0);
  return JSON.parse(Buffer.from(owner.read(length)).toString('utf8')) as OwnerSays;
}

type ArrayType = Exclude<Tensor.Type, 'string' | 'int4' | 'uint4'>;

/** The array that the runtime takes values of a type in. */
const ARRAYS: Record<ArrayType, new (buffer: ArrayBuffer) => ArrayBufferView> = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
};

function readTensor({ type, shape, bytes }: FrameTensor): Tensor {
  return tensorOfBytes(type, shape, new Uint8Array(owner.read(bytes)));
}

/** The bytes begin a buffer of their own. */
function tensorOfBytes(type: FrameTensor['type'], shape: readonly number[], { buffer }: Uint8Array): Tensor {
  if (type === 'string') return new runtime.Tensor('string', decodeStrings(new Uint8Array(buffer)), shape);
  const data = new (ownValue(ARRAYS, type)!)(buffer as ArrayBuffer);
  return new runtime.Tensor(type as 'float32', data as Float32Array, shape);
}

/** Puts what stands for NUL into the texts of a run, and tells what it is; undefined where no text holds one. */
function replaceNul(feeds: Record<string, Tensor>): string | undefined {
  const texts = Object.entries(feeds).filter(([, { type }]) => type === 'string');
  const substitute = substituteFor(texts.map(([, { data }]) => data as string[]));
  if (substitute === undefined) return undefined;
  for (const [name, { data, dims }] of texts)
    defineOwn(feeds, name, new runtime.Tensor('string', withoutNul(data as string[], substitute), dims));
  return substitute;
}

function encoded(
  name: string,
  { type, dims, data }: Tensor,
  substitute: string | undefined,
): { head: FrameTensor; bytes: Uint8Array } {
  const bytes = Array.isArray(data)
    ? encodeStrings(substitute === undefined ? data : withNul(data, substitute), name)
    : new Uint8Array(
        (data as Float32Array).buffer,
        (data as Float32Array).byteOffset,
        (data as Float32Array).byteLength,
      );
  return { head: { name, type, shape: [...dims], bytes: bytes.byteLength }, bytes };
}

function specsOf(metadata: readonly InferenceSession.ValueMetadata[]): RuntimeSpec[] {
  return metadata.flatMap((each) =>
    each.isTensor ? [{ name: each.name, type: each.type, shape: [...each.shape] }] : [],
  );
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').slice(0, 500);
}
