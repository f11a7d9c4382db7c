import { describe, expect, it } from 'vitest';
import { createOnnxRuntime } from '../../adapters/onnx/index.ts';
import { packRequest } from '../../testing/packing.builder.ts';
import { checkParity, type ParityRequest } from './check-parity.ts';
import { buildOnnx } from './onnx/build-onnx.ts';

const runtime = createOnnxRuntime();

function subject(task: 'binary' | 'multiclass' | 'regression'): ParityRequest {
  const { preparation, model, decision, holdout } = packRequest(task);
  return { preparation, model, decision, ...holdout };
}

describe('parity', () => {
  for (const task of ['binary', 'multiclass', 'regression'] as const) {
    it(`holds between training code, flat engine and graph for ${task}`, async () => {
      const report = await checkParity(subject(task), runtime);
      expect(report.rows).toBe(300);
      expect(report.largestDifference.flat).toBeLessThan(1e-12);
      expect(report.largestDifference.onnx).toBeLessThan(1e-6);
    });

    it(`finds a graph of ${task} with one tree changed, and names the row`, async () => {
      const request = subject(task);
      const model = structuredClone(request.model);
      const tree = model.trees[0]!;
      tree.value = tree.value.map((value) => value + 0.01);
      const onnx = buildOnnx(request.preparation, model, request.decision);
      await expect(checkParity({ ...request, onnx }, runtime)).rejects.toMatchObject({
        code: 'parity.broken',
        details: { row: expect.any(Number), expected: expect.any(String), got: expect.any(String) },
      });
    });
  }

  it('finds a graph that decides by another threshold', async () => {
    const request = subject('binary');
    const onnx = buildOnnx(request.preparation, request.model, { threshold: 0.6 });
    await expect(checkParity({ ...request, onnx }, runtime)).rejects.toMatchObject({ code: 'parity.broken' });
  });

  it('finds preparation that was learnt otherwise', async () => {
    const request = subject('regression');
    const preparation = structuredClone(request.preparation);
    for (const spec of preparation.features) if (spec.kind === 'category') spec.levels.reverse();
    const onnx = buildOnnx(preparation, request.model, request.decision);
    await expect(checkParity({ ...request, onnx }, runtime)).rejects.toMatchObject({ code: 'parity.broken' });
  });
});
