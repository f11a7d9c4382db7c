import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inProcessGraphs, randomFloats, valuesOf } from '../../../../testing/in-process-graphs.ts';
import { convolutionalNetwork, graphOf, weights } from '../../../../testing/network-graphs.ts';
import { attribute } from '../../../pack/index.ts';
import type { NamedTensor } from '../../model.ts';
import { type Graph, readGraph, writeGraph } from '../graph.ts';
import { simplifyGraph } from '../passes/index.ts';
import { calibrate } from './calibrate.ts';
import { quantizeDynamic } from './quantize-dynamic.ts';
import { quantizedValues, quantizeStatic } from './quantize-static.ts';
import { LARGEST_WEIGHT, quantizeWeights } from './quantize-weights.ts';
import { addToHistogram, CALIBRATIONS, newHistogram, RANGE_BY } from './ranges.ts';

const IMAGES = [randomFloats('image', [32, 2, 8, 8], 2)];

async function answers(model: Uint8Array, inputs: readonly NamedTensor[]): Promise<Float32Array> {
  const open = await inProcessGraphs.open(model);
  try {
    return valuesOf((await open.run(inputs))[0]!);
  } finally {
    open.close();
  }
}

/** Length of the difference as a share of the length of what was expected. */
function error(expected: Float32Array, found: Float32Array): number {
  let [difference, length] = [0, 0];
  for (const [i, value] of expected.entries()) {
    difference += (value - found[i]!) ** 2;
    length += value ** 2;
  }
  return Math.sqrt(difference / length);
}

async function network(): Promise<Graph> {
  return simplifyGraph(readGraph(convolutionalNetwork(16)), IMAGES, inProcessGraphs);
}

const kinds = ({ nodes }: Graph) => nodes.map(({ opType }) => opType);

describe('weights as whole numbers', () => {
  it('are off by half a step of their channel at most', () => {
    const matrix = fc.integer({ min: 1, max: 6 }).chain((channels) =>
      fc.tuple(
        fc.constant(channels),
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
          minLength: channels * 3,
          maxLength: channels * 3,
        }),
      ),
    );
    fc.assert(
      fc.property(matrix, fc.constantFrom(0, 1), ([channels, values], axis) => {
        const dims = axis === 0 ? [channels, 3] : [3, channels];
        const { values: whole, scales } = quantizeWeights(Float32Array.from(values), dims, axis);
        for (const [i, value] of whole.entries()) {
          const scale = scales[axis === 0 ? Math.floor(i / 3) : i % channels]!;
          expect(Math.abs(value)).toBeLessThanOrEqual(LARGEST_WEIGHT);
          expect(Math.abs(value * scale - values[i]!)).toBeLessThanOrEqual(scale * 0.5001);
        }
      }),
    );
  });

  it('of two products with a byte add up to what sixteen bits hold', () => {
    expect(2 * 255 * LARGEST_WEIGHT).toBeLessThanOrEqual(2 ** 15 - 1);
  });
});

describe('a network of whole numbers', () => {
  it('quantized at each run answers as before within two percent, in plain ONNX Runtime', async () => {
    const graph = await network();
    for (const types of [
      ['MatMul', 'Gemm'],
      ['MatMul', 'Gemm', 'Conv'],
    ] as const) {
      const lighter = writeGraph(quantizeDynamic(graph, types));
      expect(error(await answers(writeGraph(graph), IMAGES), await answers(lighter, IMAGES))).toBeLessThan(
        0.02,
      );
    }
    expect(kinds(quantizeDynamic(graph, ['Conv'])).filter((kind) => kind === 'ConvInteger')).toHaveLength(2);
  });

  it('makes bytes once of what several products read', async () => {
    const model = graphOf((builder) => {
      builder.input('x', 'float', ['n', 32]);
      const both = [1, 2].map((seed) =>
        builder.node('MatMul', ['x', builder.constant(weights(seed, [32, 8]))]),
      );
      builder.node('Add', both, [], { output: 'y' });
      builder.output('y', 'float', ['n', 8]);
    });
    const quantized = quantizeDynamic(readGraph(model), ['MatMul']);
    expect(kinds(quantized).filter((kind) => kind === 'DynamicQuantizeLinear')).toHaveLength(1);
  });

  it('keeps the factor and the turned weights of a Gemm', async () => {
    const model = graphOf((builder) => {
      builder.input('x', 'float', ['n', 32]);
      const tensors = [weights(1, [8, 32]), weights(2, [8])].map((tensor) => builder.constant(tensor));
      const attributes = [attribute.float('alpha', 0.5), attribute.int('transB', 1)];
      builder.node('Gemm', ['x', ...tensors], attributes, { output: 'y' });
      builder.output('y', 'float', ['n', 8]);
    });
    const x = [randomFloats('x', [40, 32], 3)];
    const graph = readGraph(model);
    const expected = await answers(model, x);
    expect(error(expected, await answers(writeGraph(quantizeDynamic(graph, ['Gemm'])), x))).toBeLessThan(
      0.02,
    );
    const histograms = await calibrate(graph, ['x', 'y'], [x], inProcessGraphs);
    const ranges = new Map([...histograms].map(([name, one]) => [name, RANGE_BY['min-max'](one)]));
    expect(error(expected, await answers(writeGraph(quantizeStatic(graph, ranges)), x))).toBeLessThan(0.02);
  });

  it.each(CALIBRATIONS)('calibrated by %s answers as before within some percent', async (calibration) => {
    const graph = await network();
    const names = quantizedValues(graph).map(({ as }) => as);
    const histograms = await calibrate(graph, names, [IMAGES], inProcessGraphs);
    const ranges = new Map([...histograms].map(([name, one]) => [name, RANGE_BY[calibration](one)]));
    const lighter = quantizeStatic(graph, ranges);
    const found = error(await answers(writeGraph(graph), IMAGES), await answers(writeGraph(lighter), IMAGES));
    expect(found).toBeLessThan(calibration === 'entropy' ? 0.2 : 0.04);
    expect(lighter.constants.size).toBeGreaterThan(graph.constants.size);
    expect(writeGraph(lighter).byteLength).toBeLessThan(writeGraph(graph).byteLength);
  });
});

describe('a range', () => {
  const ranged = (values: readonly number[]) => {
    const histogram = newHistogram({ low: Math.min(...values), high: Math.max(...values) });
    addToHistogram(histogram, values);
    return histogram;
  };

  it('always holds zero, and never more than was seen besides', () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), {
      minLength: 2,
      maxLength: 200,
    });
    fc.assert(
      fc.property(values, fc.constantFrom(...CALIBRATIONS), (numbers, calibration) => {
        const { low, high } = RANGE_BY[calibration](ranged(numbers));
        expect(low).toBeLessThanOrEqual(0);
        expect(high).toBeGreaterThanOrEqual(0);
        expect(low).toBeGreaterThanOrEqual(Math.min(0, ...numbers) - 1e-6);
        expect(high).toBeLessThanOrEqual(Math.max(0, ...numbers) + 1e-6);
      }),
    );
  });

  it('by entropy leaves a lonely outlier out', () => {
    const usual = Array.from({ length: 20_000 }, (_, i) => Math.sin(i));
    expect(RANGE_BY.entropy(ranged([...usual, 3])).high).toBeLessThan(3);
    expect(RANGE_BY['min-max'](ranged([...usual, 3])).high).toBe(3);
  });
});
