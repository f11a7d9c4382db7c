import { InferenceSession, Tensor } from 'onnxruntime-node';
import { NO_TELEMETRY } from '../adapters/onnx/no-telemetry.ts';
import { seededRandom } from '../kernel/index.ts';
import type { GraphRunner, NamedTensor } from '../stages/optimize/index.ts';

Object.assign(process.env, NO_TELEMETRY);

/** Runs graphs with the real ONNX Runtime in the process that asks: quick, for graphs that tests made themselves. */
export const inProcessGraphs: GraphRunner = {
  async open(model) {
    const session = await InferenceSession.create(model, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    const run = async (inputs: readonly NamedTensor[]): Promise<NamedTensor[]> => {
      const feeds = Object.fromEntries(inputs.map((tensor) => [tensor.name, tensorOf(tensor)]));
      const results = await session.run(feeds);
      return Object.entries(results).map(([name, value]) => namedTensor(name, value as Tensor));
    };
    return {
      run,
      async measure(inputs, runs) {
        const begun = performance.now();
        for (let done = 0; done < runs; done++) await run(inputs);
        return { milliseconds: (performance.now() - begun) / runs, memoryBytes: process.memoryUsage.rss() };
      },
      close: () => void session.release(),
    };
  },
};

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

function tensorOf({ type, shape, bytes }: NamedTensor): Tensor {
  const Values = ARRAYS[type as keyof typeof ARRAYS];
  return new Tensor(type as 'float32', new Values(new Uint8Array(bytes).buffer) as Float32Array, shape);
}

function namedTensor(name: string, { type, dims, data }: Tensor): NamedTensor {
  const values = data as Float32Array;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
  return { name, type, shape: [...dims], bytes };
}

/** A float32 tensor. */
export function floats(name: string, shape: number[], values: ArrayLike<number>): NamedTensor {
  return { name, type: 'float32', shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

/** Numbers between -1 and 1, the same for the same seed. */
export function randomFloats(name: string, shape: number[], seed: number): NamedTensor {
  const random = seededRandom(seed);
  const count = shape.reduce((product, size) => product * size, 1);
  return floats(
    name,
    shape,
    Float32Array.from({ length: count }, () => 2 * random() - 1),
  );
}

export function valuesOf({ bytes }: NamedTensor): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
