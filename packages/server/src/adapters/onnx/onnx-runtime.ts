import { defineOwn, fail, ownValue } from '@slipway/contract';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  type OnnxRuntime,
  type OnnxSession,
  refuseExternalData,
  type TensorColumn,
  type TensorInfo,
} from '../../stages/pack/index.ts';

export type OnnxRuntimeLimits = {
  /** Largest model taken. */
  maxModelBytes: number;
};

const DEFAULT_LIMITS: OnnxRuntimeLimits = { maxModelBytes: 256 * 1024 * 1024 };

/**
 * One thread a session: `run` works on the thread that calls it, and a pool of the runtime's own would spin
 * between calls (28 ms of idle CPU after each run, measured) and does not heed container limits.
 */
const OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** ONNX Runtime on the CPU. */
export function createOnnxRuntime(limits: OnnxRuntimeLimits = DEFAULT_LIMITS): OnnxRuntime {
  return {
    async load(model) {
      if (model.byteLength > limits.maxModelBytes) throw tooLarge(model.byteLength, limits.maxModelBytes);
      refuseExternalData(model);
      return openSession(await createSession(model));
    },
  };
}

async function createSession(model: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(model, OPTIONS);
  } catch (cause) {
    throw fail(
      'bundle.invalid',
      { reason: `ONNX Runtime does not load model.onnx: ${messageOf(cause)}` },
      { cause },
    );
  }
}

function openSession(session: InferenceSession): OnnxSession {
  const inputs = session.inputMetadata.map(tensorInfo);
  const outputs = session.outputMetadata.map(tensorInfo);
  return {
    inputs,
    outputs,
    async run(columns) {
      const results = await session.run(feedsOf(inputs, columns));
      return new Map(outputs.map(({ name }) => [name, columnOf(ownValue(results, name)!)]));
    },
    close: () => session.release(),
  };
}

/** Feeds without a prototype, since a column may have any name. */
function feedsOf(
  inputs: readonly TensorInfo[],
  columns: ReadonlyMap<string, TensorColumn>,
): InferenceSession.FeedsType {
  const feeds: Record<string, Tensor> = Object.create(null);
  for (const { name, dims } of inputs) {
    const column = columns.get(name);
    if (column === undefined) throw fail('predict.missing-column', { column: name });
    const shape = dims.length === 2 ? [column.length, 1] : [column.length];
    const isText = Array.isArray(column);
    defineOwn(
      feeds,
      name,
      isText ? new Tensor('string', column, shape) : new Tensor('float64', column, shape),
    );
  }
  return feeds;
}

function columnOf(value: InferenceSession.OnnxValueMapType[string]): TensorColumn {
  const { data } = value as Tensor;
  if (Array.isArray(data)) return data as string[];
  return data instanceof BigInt64Array
    ? Float64Array.from(data, Number)
    : Float64Array.from(data as Float32Array | Float64Array | Uint8Array);
}

function tensorInfo(metadata: InferenceSession.ValueMetadata): TensorInfo {
  if (!metadata.isTensor) return { name: metadata.name, type: 'unknown', dims: [] };
  const dims = metadata.shape.map((size) => (typeof size === 'number' ? size : -1));
  return { name: metadata.name, type: metadata.type, dims };
}

function tooLarge(bytes: number, limit: number): Error {
  return fail('bundle.invalid', { reason: `model.onnx has ${bytes} bytes, more than the limit of ${limit}` });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
