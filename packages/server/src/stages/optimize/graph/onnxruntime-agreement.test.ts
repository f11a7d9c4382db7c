import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inProcessGraphs, randomFloats } from '../../../testing/in-process-graphs.ts';
import { convolutionalNetwork } from '../../../testing/network-graphs.ts';
import { readGraph, writeGraph } from './graph.ts';
import { halfGraph } from './half/half-graph.ts';
import { halfWeights } from './half/half-weights.ts';
import { simplifyGraph } from './passes/index.ts';
import { calibrate } from './quantize/calibrate.ts';
import { quantizeDynamic } from './quantize/quantize-dynamic.ts';
import { quantizedValues, quantizeStatic } from './quantize/quantize-static.ts';
import { RANGE_BY } from './quantize/ranges.ts';
import { seeValues } from './seen.ts';

const PYTHON =
  process.env.SLIPWAY_TEST_PYTHON ??
  join(fileURLToPath(new URL('../../../../../../', import.meta.url)), '.venv/bin/python');
const NEEDS = 'import onnx, onnxruntime.quantization, numpy';
const hasQuantizer = existsSync(PYTHON) && spawnSync(PYTHON, ['-c', NEEDS]).status === 0;

/** Quantizes net.onnx as onnxruntime does, and says of each file its size and how far its scores are from those of net.onnx. */
const COMPARE = `
import json, os, sys, numpy, onnx, onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
folder, ours = sys.argv[1], sys.argv[2:]
at = lambda name: os.path.join(folder, name)
rows = numpy.fromfile(at("rows.bin"), "<f4").reshape(-1, 2, 8, 8)
class Reader(CalibrationDataReader):
    def __init__(self): self.batches = iter([{"image": rows}])
    def get_next(self): return next(self.batches, None)
common = dict(per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
quantize_dynamic(at("net.onnx"), at("their-dynamic.onnx"), op_types_to_quantize=["MatMul", "Gemm"], **common)
quantize_static(at("net.onnx"), at("their-static.onnx"), Reader(), quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, **common)
def scores(name):
    onnx.checker.check_model(onnx.load(at(name)))
    session = onnxruntime.InferenceSession(at(name), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].type == "tensor(float)" and session.get_outputs()[0].type == "tensor(float)"
    return session.run(None, {"image": rows})[0]
expected = scores("net.onnx")
print(json.dumps({name: {"bytes": os.path.getsize(at(name)),
    "error": float(numpy.linalg.norm(scores(name) - expected) / numpy.linalg.norm(expected))}
    for name in ["their-dynamic.onnx", "their-static.onnx", *ours]}))
`;

describe('beside the quantizer of onnxruntime for Python', () => {
  it.skipIf(!hasQuantizer)(
    'graphs are as small, no less exact, and run there (needs Python with onnx and onnxruntime)',
    { timeout: 180_000 },
    async () => {
      const rows = [randomFloats('image', [100, 2, 8, 8], 4)];
      const graph = await simplifyGraph(readGraph(convolutionalNetwork(32)), rows, inProcessGraphs);
      const names = quantizedValues(graph).map(({ as }) => as);
      const histograms = await calibrate(graph, names, [rows], inProcessGraphs);
      const ranges = new Map([...histograms].map(([name, one]) => [name, RANGE_BY['min-max'](one)]));
      const ours = {
        'dynamic.onnx': quantizeDynamic(graph, ['MatMul', 'Gemm']),
        'dynamic-conv.onnx': quantizeDynamic(graph, ['MatMul', 'Gemm', 'Conv']),
        'static.onnx': quantizeStatic(graph, ranges),
        'half.onnx': halfWeights(graph)!,
        'halves.onnx': halfGraph(graph, await seeValues(graph, rows, inProcessGraphs))!,
      };
      const folder = await mkdtemp(join(tmpdir(), 'slipway-quantizer-'));
      try {
        await writeFile(join(folder, 'net.onnx'), writeGraph(graph));
        await writeFile(join(folder, 'rows.bin'), rows[0]!.bytes);
        for (const [name, lighter] of Object.entries(ours))
          await writeFile(join(folder, name), writeGraph(lighter));
        const printed = execFileSync(PYTHON, ['-c', COMPARE, folder, ...Object.keys(ours)], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        const found: Record<string, { bytes: number; error: number }> = JSON.parse(
          printed.trim().split('\n').at(-1)!,
        );
        for (const form of ['dynamic', 'static']) {
          const [our, their] = [found[`${form}.onnx`]!, found[`their-${form}.onnx`]!];
          expect(our.bytes).toBeLessThan(their.bytes * 1.1);
          expect(our.error).toBeLessThan(their.error * 1.5 + 0.005);
        }
        expect(found['dynamic-conv.onnx']!.error).toBeLessThan(0.03);
        expect(found['half.onnx']!.error).toBeLessThan(0.002);
        expect(found['halves.onnx']!.error).toBeLessThan(0.01);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );
});
